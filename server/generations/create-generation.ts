import { DomainError } from "@/domain/errors";
import type { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { type Database, database } from "../database/client";
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
    const promptIds = await choosePrompts(tx, projectId, input.promptIds);
    const generationId = await insertGeneration(tx, {
      projectId,
      modelVersionId: model.id,
      purpose: "labelling",
      promptIds,
      samples,
      sampling,
      makeTasks,
      requiredLabels,
      requestedById: userId,
    });
    return { generationId };
  }, LONG);
}

/** Writes a generation over stored prompts with its prompts in order, and sends its job. */
export async function insertGeneration(
  tx: Database,
  input: {
    promptIds: string[];
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
  const { promptIds, sampling, samples, ...row } = input;
  const { id } = await tx.generation.create({
    data: {
      ...row,
      samples,
      temperature: sampling.temperature,
      topP: sampling.topP,
      maxTokens: sampling.maxTokens,
      seed: chooseSeed(sampling.seed),
      totalCount: promptIds.length * samples,
      activity: "waiting for the trainer",
    },
  });
  await tx.generationPrompt.createMany({
    data: promptIds.map((promptId, position) => ({ generationId: id, promptId, position })),
  });
  await sendJob(tx, "generate", { id });
  return id;
}

async function choosePrompts(tx: Database, projectId: string, choice: PromptChoice): Promise<string[]> {
  const prompts = await tx.prompt.findMany({
    where: {
      projectId,
      archivedAt: null,
      ...(choice === "without_completions" ? { completions: { none: { origin: "generation" } } } : {}),
      ...(typeof choice === "string" ? {} : { id: { in: choice } }),
    },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true },
  });
  const ids = prompts.map(({ id }) => id);
  if (typeof choice === "string") {
    if (ids.length > 0) return ids;
    throw new DomainError(
      "no-prompts",
      `no prompts for ${choice} in ${projectId}`,
      choice === "all"
        ? "The project has no prompts yet. Import some first."
        : "Every prompt has completions already. Choose single prompts, or choose all prompts.",
    );
  }
  const asked = [...new Set(choice)];
  if (ids.length !== asked.length)
    throw new DomainError(
      "prompt-not-found",
      `${asked.length - ids.length} of ${asked.length} prompts are not in ${projectId}`,
      "Some of these prompts no longer exist or are archived. Reload the page.",
    );
  return asked;
}
