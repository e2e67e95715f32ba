import { DomainError } from "@/domain/errors";
import type { Prisma } from "@/generated/prisma/client";
import { type Database, database } from "../database/client";
import { describeFailure } from "../generations/generation-row";

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
    /** Only this prompt's completions. */
    promptId: scoring.promptId,
    /** Completions scored so far, and in the end. */
    doneCount: scoring.doneCount,
    totalCount: scoring.totalCount,
    activity: scoring.activity,
    error: describeFailure(scoring),
    requestedBy: scoring.requestedBy,
    createdAt: scoring.createdAt,
    finishedAt: scoring.finishedAt,
  };
}

/** @throws DomainError `scoring-not-found` */
export async function getScoring(input: { projectId: string; scoringId: string }): Promise<ScoringRow> {
  const { projectId, scoringId } = input;
  const row = await database().scoring.findFirst({ where: { id: scoringId, projectId }, include });
  if (!row) throw scoringNotFound(scoringId);
  return describeScoring(row);
}

/** The newest scoring by a model, of the tasks or of one prompt. */
export async function latestScoring(input: {
  projectId: string;
  modelVersionId: string;
  promptId: string | null;
}): Promise<ScoringRow | null> {
  const row = await database().scoring.findFirst({ where: input, orderBy: { createdAt: "desc" }, include });
  return row && describeScoring(row);
}

const scoringNotFound = (id: string) =>
  new DomainError("scoring-not-found", `no scoring ${id}`, "There is no such scoring.");

/** The scoring's row, held against other transactions that change its status. */
export async function lockScoring(tx: Database, input: { projectId?: string; scoringId: string }) {
  const { projectId, scoringId } = input;
  await tx.$queryRaw`SELECT 1 FROM "Scoring" WHERE "id" = ${scoringId}::uuid FOR UPDATE`;
  const row = await tx.scoring.findFirst({ where: { id: scoringId, projectId } });
  if (!row) throw scoringNotFound(scoringId);
  return row;
}
