import os from "node:os";
import {
  describeMemory,
  type ExampleTokens,
  estimateMemory,
  type MemoryConfig,
  memoryWarnings,
} from "@/domain/runs/estimate-memory";
import { describeMemoryModes, estimatePpoMemory, type PpoMemoryConfig } from "@/domain/runs/estimate-ppo-memory";
import type { ModelVersion } from "@/generated/prisma/client";
import { database } from "../database/client";
import { readModelShape } from "../models/read-model-shape";
import { resolveModel } from "../models/resolve-model";
import { trainingOperations } from "./training-device";

/** Characters of a token, on the small side: English has four, other languages fewer. */
const CHARACTERS_OF_A_TOKEN = 3.5;
/** What a chat template writes around the turns. */
const TEMPLATE_TOKENS = 40;
/** The longest prompts that are looked at: at least a micro-batch of them. */
const LONGEST = 64;

/** About what a run will take of this machine's memory, in one line, and a warning where there is not as much. */
export async function estimateRunMemory(input: {
  projectId: string;
  base: ModelVersion;
  fromAdapter: boolean;
  values: Record<string, unknown>;
  /** Whether a reward model scores (PPO). */
  rewardModel: boolean;
}): Promise<{ line: string; warnings: string[] } | null> {
  const { model } = await resolveModel(database(), input.base);
  const [shape, examples, operations] = await Promise.all([
    readModelShape(model),
    longestExamples(input.projectId, input.values),
    trainingOperations(),
  ]);
  if (!shape || examples.length === 0) return null;
  const config = { ...input.values, ...(input.fromAdapter ? { adapter: model } : {}) } as MemoryConfig;
  const isPpo = input.values.method === "ppo";
  const ofPpo = [
    config as unknown as PpoMemoryConfig,
    shape,
    examples.map(({ prompt }) => prompt),
    input.rewardModel ? 1 : 0,
    operations,
  ] as const;
  const estimate = isPpo ? estimatePpoMemory(...ofPpo) : estimateMemory(config, shape, examples, operations);
  const available = typeof process.availableMemory === "function" ? process.availableMemory() : os.freemem();
  return {
    line: `${describeMemory(estimate, available)}${isPpo ? `. ${describeMemoryModes(...ofPpo).replace(/\.$/, "")}` : ""}`,
    warnings: memoryWarnings(estimate, available).map(({ message }) => message),
  };
}

/** The longest prompts that have labels, with their one or two longest completions, in about tokens. */
async function longestExamples(projectId: string, values: Record<string, unknown>): Promise<ExampleTokens[]> {
  const isSingle = values.method === "sft" || values.method === "kto";
  const rows = await database().$queryRaw<{ prompt: number; completions: number[] }[]>`
    SELECT texts."prompt", texts."completions" FROM (
      SELECT
        (SELECT coalesce(sum(length("content")), 0)::int FROM "PromptMessage" WHERE "promptId" = prompt."id") AS "prompt",
        (SELECT coalesce(array_agg(length("content") ORDER BY length("content") DESC), '{}') FROM "Completion"
         WHERE "promptId" = prompt."id") AS "completions"
      FROM "Prompt" prompt
      WHERE prompt."projectId" = ${projectId}::uuid AND prompt."archivedAt" IS NULL AND EXISTS (
        SELECT 1 FROM "Task" task JOIN "Label" label ON label."taskId" = task."id"
        WHERE task."promptId" = prompt."id")
    ) texts
    WHERE cardinality(texts."completions") > 0
    ORDER BY texts."prompt" + texts."completions"[1] DESC
    LIMIT ${LONGEST}`;
  const tokens = (characters: number) => Math.ceil(characters / CHARACTERS_OF_A_TOKEN);
  const maxLength = typeof values.maxLength === "number" ? values.maxLength : Number.POSITIVE_INFINITY;
  return rows.map((row) => {
    const prompt = Math.min(maxLength / 2, tokens(row.prompt) + TEMPLATE_TOKENS);
    const completions = row.completions
      .slice(0, isSingle ? 1 : 2)
      .map((length) => Math.min(maxLength - prompt, tokens(length)));
    return { prompt, completions };
  });
}
