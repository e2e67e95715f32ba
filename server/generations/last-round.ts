import { type LastRound, suggestTokenLimit } from "@/domain/generations/token-limit";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { type Database, database } from "../database/client";

/** The last round's token limit with the completions that it cut, and the limit that follows. */
export interface TokenLimitAdvice {
  last: LastRound | null;
  /** The limit that follows, in tokens. */
  suggested: number;
}

/**
 * Looks at the newest generation that has completed (a next round's both models together) and counts the completions
 * that were cut.
 */
export async function adviseTokenLimit(actor: ProjectActor): Promise<TokenLimitAdvice> {
  const { projectId } = requireAdmin(actor);
  return adviseFromRows(database(), projectId);
}

/** Gives the advice as it follows from the rows that a transaction sees. */
export async function adviseFromRows(db: Database, projectId: string): Promise<TokenLimitAdvice> {
  const last = await readLastRound(db, projectId);
  return { last, suggested: suggestTokenLimit(last) };
}

async function readLastRound(db: Database, projectId: string): Promise<LastRound | null> {
  const newest = await db.generation.findFirst({
    where: { projectId, purpose: { not: "playground" }, status: "completed", doneCount: { gt: 0 } },
    orderBy: { createdAt: "desc" },
    select: { id: true, maxTokens: true, pairedWithId: true, pairedBy: { select: { id: true } } },
  });
  if (!newest) return null;
  const ids = [newest.id, newest.pairedWithId, newest.pairedBy?.id].flatMap((id) => id ?? []);
  const groups = await db.completion.groupBy({
    by: ["finished"],
    where: { generationId: { in: ids } },
    _count: true,
  });
  const countOf = (finished: boolean) => groups.find((group) => group.finished === finished)?._count ?? 0;
  const cut = countOf(false);
  return { completions: cut + countOf(true), cut, maxTokens: newest.maxTokens };
}
