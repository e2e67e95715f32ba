import os from "node:os";
import { describeMemory, type ExampleTokens, estimateMemory, memoryWarnings } from "@/domain/runs/estimate-memory";
import { describeMemoryModes, estimatePpoMemory } from "@/domain/runs/estimate-ppo-memory";
import { methodOf } from "@/domain/runs/methods";
import type { CompleteHyperparameters } from "@/domain/runs/run-config";
import type { ModelVersion } from "@/generated/prisma/client";
import { database } from "../database/client";
import { readModelShape } from "../models/read-model-shape";
import { resolveModel } from "../models/resolve-model";
import { trainingOperations } from "./training-device";

/** The characters of a token, on the small side: English has four, other languages fewer. */
const CHARACTERS_OF_A_TOKEN = 3.5;
/** The tokens that a chat template writes around the turns. */
const TEMPLATE_TOKENS = 40;
/** The number of the longest prompts that are looked at: at least a micro-batch. */
const LONGEST = 64;

/** Says in one line about how much of this machine's memory a run will take, and warns where there is not as much. */
export async function estimateRunMemory(input: {
  projectId: string;
  base: ModelVersion;
  values: CompleteHyperparameters;
  /** True where a reward model scores (PPO). */
  rewardModel: boolean;
}): Promise<{ line: string; warnings: string[] } | null> {
  const { model, adapter } = await resolveModel(database(), input.base);
  const [shape, examples, operations] = await Promise.all([
    readModelShape(model),
    longestExamples(input.projectId, input.values),
    trainingOperations(),
  ]);
  if (!shape || examples.length === 0) return null;
  const config = { ...input.values, ...(adapter === undefined ? {} : { adapter }) };
  const prompts = examples.map(({ prompt }) => prompt);
  // Demonstrations that are mixed in answer some of these prompts, with one completion each.
  const isMixed = "sftMixRatio" in config && config.sftMixRatio > 0;
  const mixedIn = isMixed ? examples.map((one) => ({ ...one, completions: one.completions.slice(0, 1) })) : [];
  const ofPpo = [shape, prompts, input.rewardModel ? 1 : 0, operations, mixedIn] as const;
  const estimate =
    config.method === "ppo"
      ? estimatePpoMemory(config, ...ofPpo)
      : estimateMemory(config, shape, examples, operations, mixedIn);
  const modes = config.method === "ppo" ? `. ${describeMemoryModes(config, ...ofPpo).replace(/\.$/, "")}` : "";
  const available = typeof process.availableMemory === "function" ? process.availableMemory() : os.freemem();
  return {
    line: `${describeMemory(estimate, available)}${modes}`,
    warnings: memoryWarnings(estimate, available).map(({ message }) => message),
  };
}

/** Finds the longest prompts that have labels, with their one or two longest completions, in estimated tokens. */
async function longestExamples(projectId: string, values: CompleteHyperparameters): Promise<ExampleTokens[]> {
  const { learnsFrom } = methodOf(values.method);
  const completionsAtOnce = learnsFrom === "demonstration" || learnsFrom === "unpaired" ? 1 : 2;
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
  const { maxLength } = values;
  return rows.map((row) => {
    const prompt = Math.min(maxLength / 2, tokens(row.prompt) + TEMPLATE_TOKENS);
    const completions = row.completions
      .slice(0, completionsAtOnce)
      .map((length) => Math.min(maxLength - prompt, tokens(length)));
    return { prompt, completions };
  });
}
