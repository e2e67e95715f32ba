import { DomainError } from "@/domain/errors";
import { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { type Database, database } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { findLanguageModel } from "../models/find-model";
import { insertGeneration } from "./create-generation";
import { adviseFromRows } from "./last-round";
import { chooseSeed, samplingSchema } from "./sampling";

/**
 * Asks the new model and the previous one to complete the same prompts; when both are done, comparison tasks between
 * them are made. Prompts that were labelled least come first, so that a round also widens what the labels cover.
 *
 * @param input.maxTokens new tokens of a completion at most; by default what the last round suggests
 * @throws DomainError `same-model`, `no-prompts`, `model-not-found`
 */
export async function startNextRound(input: {
  actor: ProjectActor;

  modelVersionId: string;
  previousModelVersionId: string;
  promptCount: number;
  requiredLabels: number;
  samples: number;
  maxTokens?: number;
}): Promise<{ generationIds: [string, string] }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { samples, requiredLabels } = input;
  if (input.modelVersionId === input.previousModelVersionId)
    throw new DomainError("same-model", "next round of a model with itself", "Choose two different models to compare.");
  return database().$transaction(async (tx) => {
    const model = await findLanguageModel(tx, projectId, input.modelVersionId);
    const previous = await findLanguageModel(tx, projectId, input.previousModelVersionId);
    const promptIds = await leastLabelledPrompts(tx, projectId, input.promptCount);
    const prompts = Prisma.sql`
      SELECT id, place FROM unnest(${promptIds}::uuid[]) WITH ORDINALITY AS chosen(id, place)`;
    if (promptIds.length === 0)
      throw new DomainError("no-prompts", `no prompts in ${projectId}`, "The project has no prompts yet.");
    const maxTokens = input.maxTokens ?? (await adviseFromRows(tx, projectId)).suggested;
    // Both models sample with one seed, so that only the models differ.
    const sampling = samplingSchema.parse({ seed: chooseSeed(undefined), maxTokens });
    const shared = { projectId, purpose: "next_round", prompts, samples, sampling, requestedById: userId } as const;
    const before = await insertGeneration(tx, { ...shared, modelVersionId: previous.id, requiredLabels });
    const after = await insertGeneration(tx, {
      ...shared,
      modelVersionId: model.id,
      makeTasks: true,
      requiredLabels,
      comparedWithId: previous.id,
      pairedWithId: before,
    });
    for (const id of [before, after]) await sendJob(tx, "generate", { id });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "generations.nextRound",
      subject: ["Generation", after],
      detail: `“${model.name}” against “${previous.name}” on ${promptIds.length} prompts`,
    });
    return { generationIds: [after, before] };
  });
}

/** Held-out prompts take part too: their pairs become validation records. */
async function leastLabelledPrompts(tx: Database, projectId: string, limit: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT p."id" FROM "Prompt" p
    WHERE p."projectId" = ${projectId}::uuid AND p."archivedAt" IS NULL
    ORDER BY (SELECT count(*) FROM "Task" t WHERE t."promptId" = p."id" AND t."archivedAt" IS NULL),
      md5(p."id"::text), p."id"
    LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
