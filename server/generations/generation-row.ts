import { DomainError } from "@/domain/errors";
import type { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { failureText } from "../jobs/failures";

const include = {
  modelVersion: { select: { id: true, name: true } },
  comparedWith: { select: { id: true, name: true } },
  requestedBy: { select: { id: true, name: true } },
} as const satisfies Prisma.GenerationInclude;

type Row = Prisma.GenerationGetPayload<{ include: typeof include }>;
export type GenerationRow = ReturnType<typeof describeGeneration>;

/** A generation as pages see it. */
export function describeGeneration(generation: Row) {
  return {
    id: generation.id,
    purpose: generation.purpose,
    status: generation.status,
    model: generation.modelVersion,
    comparedWith: generation.comparedWith,
    samples: generation.samples,
    temperature: generation.temperature,
    topP: generation.topP,
    maxTokens: generation.maxTokens,
    seed: generation.seed,
    /** The completions written so far, and the number that there will be. */
    doneCount: generation.doneCount,
    totalCount: generation.totalCount,
    activity: generation.activity,
    error: failureText(generation),
    makeTasks: generation.makeTasks,
    requiredLabels: generation.requiredLabels,
    /**
     * The tasks made from the generation, and the prompts that gave none because their completions were the same or
     * without text; null before the end.
     */
    taskCount: generation.taskCount,
    identicalCount: generation.identicalCount,
    requestedBy: generation.requestedBy,
    createdAt: generation.createdAt,
    startedAt: generation.startedAt,
    finishedAt: generation.finishedAt,
  };
}

/** Lists the generations whose completions are kept (the playground's are not among them), newest first. */
export async function listGenerations(actor: ProjectActor): Promise<GenerationRow[]> {
  const { projectId } = requireAdmin(actor);
  const rows = await database().generation.findMany({
    where: { projectId, purpose: { not: "playground" } },
    orderBy: { createdAt: "desc" },
    take: 200,
    include,
  });
  return rows.map(describeGeneration);
}

/**
 * Finds a generation of the project.
 * @throws DomainError `generation-not-found`
 */
export const getGeneration = async ({ actor, generationId }: { actor: ProjectActor; generationId: string }) =>
  readGeneration({ projectId: requireAdmin(actor).projectId, generationId });

/** Reads a generation of the project for its queue; `watchJob` has checked the actor before. */
export async function readGeneration(input: { projectId: string; generationId: string }): Promise<GenerationRow> {
  const { projectId, generationId } = input;
  const row = await database().generation.findFirst({ where: { id: generationId, projectId }, include });
  if (!row) throw generationNotFound(generationId);
  return describeGeneration(row);
}

export const generationNotFound = (id: string) =>
  new DomainError("generation-not-found", `no generation ${id}`, "There is no such generation.");
