import { randomInt } from "node:crypto";
import { z } from "zod";
import { DEFAULT_TOKEN_LIMIT, MOST_TOKENS } from "@/domain/generations/token-limit";

/** The settings by which completions are sampled. Temperature 0 is greedy. */
export const samplingSchema = z.object({
  temperature: z.number().min(0).max(2).default(0.8),
  topP: z.number().gt(0).max(1).default(0.95),
  maxTokens: z.number().int().min(1).max(MOST_TOKENS).default(DEFAULT_TOKEN_LIMIT),
  seed: z.number().int().min(0).max(2_147_483_647).optional(),
});
export type Sampling = z.output<typeof samplingSchema>;

/** A seed that nobody chose is drawn and kept, so that the same completions can be had again. */
export const chooseSeed = (seed: number | undefined): number => seed ?? randomInt(2_147_483_647);
