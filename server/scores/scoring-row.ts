import { DomainError } from "@/domain/errors";
import type { Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import { failureText } from "../jobs/failures";

const include = {
  modelVersion: { select: { id: true, name: true } },
  requestedBy: { select: { id: true, name: true } },
} as const satisfies Prisma.ScoringInclude;

type Row = Prisma.ScoringGetPayload<{ include: typeof include }>;
export type ScoringRow = ReturnType<typeof describeScoring>;

/** A scoring as pages see it. */
function describeScoring(scoring: Row) {
  return {
    id: scoring.id,
    status: scoring.status,
    model: scoring.modelVersion,
    /** The prompt, where only its completions are scored. */
    promptId: scoring.promptId,
    /** The completions scored so far, and the number that there will be. */
    doneCount: scoring.doneCount,
    totalCount: scoring.totalCount,
    activity: scoring.activity,
    error: failureText(scoring),
    requestedBy: scoring.requestedBy,
    createdAt: scoring.createdAt,
    finishedAt: scoring.finishedAt,
  };
}

/**
 * Reads a scoring of the project for its queue; `watchJob` has checked the actor before.
 * @throws DomainError `scoring-not-found`
 */
export async function readScoring(input: { projectId: string; scoringId: string }): Promise<ScoringRow> {
  const { projectId, scoringId } = input;
  const row = await database().scoring.findFirst({ where: { id: scoringId, projectId }, include });
  if (!row) throw scoringNotFound(scoringId);
  return describeScoring(row);
}

/** Finds the newest scoring by a model, of the tasks or of one prompt. */
export async function latestScoring(input: {
  projectId: string;
  modelVersionId: string;
  promptId: string | null;
}): Promise<ScoringRow | null> {
  const row = await database().scoring.findFirst({ where: input, orderBy: { createdAt: "desc" }, include });
  return row && describeScoring(row);
}

export const scoringNotFound = (id: string) =>
  new DomainError("scoring-not-found", `no scoring ${id}`, "There is no such scoring.");
