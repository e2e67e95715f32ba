import { DomainError } from "@/domain/errors";
import { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database, type Transaction } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { findLanguageModel } from "../models/find-model";
import { chooseSeed, type Sampling } from "./sampling";

/** Writing all prompts of a large project takes longer than the usual five seconds. */
const LONG = { timeout: 60_000 };

export type PromptChoice = string[] | "without_completions" | "all";

/**
 * Asks a model for completions of prompts. The row and its job are written together.
 * @throws DomainError `no-prompts`, `prompt-not-found`, `too-few-samples`, `model-not-found`
 */
export async function createGeneration(input: {
  actor: ProjectActor;

  modelVersionId: string;
  promptIds: PromptChoice;
  samples: number;
  sampling: Sampling;
  makeTasks: boolean;
  requiredLabels: number;
}): Promise<{ generationId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { samples, sampling, makeTasks, requiredLabels } = input;
  if (makeTasks && samples < 2)
    throw new DomainError(
      "too-few-samples",
      "makeTasks with one sample",
      "A comparison needs two completions: ask for at least 2 completions of each prompt.",
    );
  return database().$transaction(async (tx) => {
    const model = await findLanguageModel(tx, projectId, input.modelVersionId);
    const generationId = await insertGeneration(tx, {
      projectId,
      modelVersionId: model.id,
      purpose: "labelling",
      prompts: chosenPrompts(projectId, input.promptIds),
      samples,
      sampling,
      makeTasks,
      requiredLabels,
      requestedById: userId,
    });
    await checkFound(tx, projectId, generationId, input.promptIds);
    await sendJob(tx, "generate", { id: generationId });
    return { generationId };
  }, LONG);
}

/**
 * Writes a generation over stored prompts, in the order of `prompts`: a query for their ids ("id") with their places
 * ("place"). The caller sends its job.
 */
export async function insertGeneration(
  tx: Transaction,
  input: {
    prompts: Prisma.Sql;
    sampling: Sampling;
    samples: number;
  } & Pick<
    Prisma.GenerationUncheckedCreateInput,
    | "projectId"
    | "modelVersionId"
    | "purpose"
    | "makeTasks"
    | "requiredLabels"
    | "requestedById"
    | "comparedWithId"
    | "pairedWithId"
  >,
): Promise<string> {
  const { prompts, sampling, samples, ...row } = input;
  const { id } = await tx.generation.create({
    data: {
      ...row,
      samples,
      temperature: sampling.temperature,
      topP: sampling.topP,
      maxTokens: sampling.maxTokens,
      seed: chooseSeed(sampling.seed),
      totalCount: 0,
      activity: "waiting for the trainer",
    },
  });
  // The ids stay in the database, however many there are.
  const promptCount = await tx.$executeRaw`
    INSERT INTO "GenerationPrompt" ("generationId", "promptId", "position")
    SELECT ${id}::uuid, "id", row_number() OVER (ORDER BY place) - 1 FROM (${prompts}) AS chosen`;
  await tx.generation.update({ where: { id }, data: { totalCount: promptCount * samples } });
  return id;
}

/** Selects the prompts of a choice: the named ones in the order of the names, others by age. */
function chosenPrompts(projectId: string, choice: PromptChoice): Prisma.Sql {
  const inUse = Prisma.sql`p."projectId" = ${projectId}::uuid AND p."archivedAt" IS NULL`;
  if (typeof choice !== "string")
    return Prisma.sql`
      SELECT p."id", asked.place FROM unnest(${[...new Set(choice)]}::uuid[]) WITH ORDINALITY AS asked(id, place)
      JOIN "Prompt" p ON p."id" = asked.id WHERE ${inUse}`;
  const isWithout = Prisma.sql`NOT EXISTS (
    SELECT 1 FROM "Completion" c WHERE c."promptId" = p."id" AND c."origin" = 'generation')`;
  return Prisma.sql`
    SELECT p."id", row_number() OVER (ORDER BY p."createdAt", p."id") AS place FROM "Prompt" p
    WHERE ${inUse} ${choice === "without_completions" ? Prisma.sql`AND ${isWithout}` : Prisma.empty}`;
}

/** Refuses a generation without prompts, or without some of those that were named; the transaction then undoes it. */
async function checkFound(tx: Transaction, projectId: string, generationId: string, choice: PromptChoice) {
  const found = await tx.generationPrompt.count({ where: { generationId } });
  if (typeof choice === "string") {
    if (found > 0) return;
    throw new DomainError(
      "no-prompts",
      `no prompts for ${choice} in ${projectId}`,
      choice === "all"
        ? "The project has no prompts yet. Import some first."
        : "Every prompt has completions already. Choose single prompts, or choose all prompts.",
    );
  }
  const asked = new Set(choice).size;
  if (found !== asked)
    throw new DomainError(
      "prompt-not-found",
      `${asked - found} of ${asked} prompts are not in ${projectId}`,
      "Some of these prompts no longer exist or are archived. Reload the page.",
    );
}
