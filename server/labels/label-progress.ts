import { inKindOrder, type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { startOfToday } from "../database/start-of-today";
import { hasRoom, openTo } from "./lease-task";

export interface LabelProgress {
  mine: { today: number; total: number };
  /** The tasks that are open for this person. */
  remaining: number;
  /** All tasks of the project. */
  total: number;
  byKind: { kind: LabelKind; remaining: number }[];
  /** The tasks that this person could do if other people had not opened them, and when the first of these leases ends. */
  elsewhere: { count: number; until: Date | null };
}

/** Counts how far a person has come and what is left for them. */
export async function labelProgress(actor: ProjectActor): Promise<LabelProgress> {
  const { projectId, userId } = requireMember(actor);
  const mine = { ...liveLabel, projectId, annotatorId: userId, importId: null };
  const [today, mineTotal, total, kinds, [elsewhere]] = await Promise.all([
    database().label.count({ where: { ...mine, createdAt: { gte: startOfToday() } } }),
    database().label.count({ where: mine }),
    database().task.count({ where: { projectId, archivedAt: null } }),
    database().$queryRaw<{ kind: string; remaining: number }[]>`
      SELECT t."kind", count(*)::int AS "remaining" FROM "Task" t
      WHERE ${openTo({ projectId, userId, exclude: [] }, [])} AND ${hasRoom(userId)}
      GROUP BY t."kind"`,
    database().$queryRaw<{ count: number; until: Date | null }[]>`
      SELECT count(DISTINCT t."id")::int AS "count", min(held."expiresAt") AS "until"
      FROM "TaskLease" held JOIN "Task" t ON t."id" = held."taskId"
      WHERE held."userId" <> ${userId}::uuid AND held."expiresAt" > now()
        AND ${openTo({ projectId, userId, exclude: [] }, [])} AND NOT (${hasRoom(userId)})`,
  ]);
  const byKind = kinds.map(({ kind, remaining }) => ({ kind: toLabelKind(kind), remaining })).sort(inKindOrder);
  const remaining = byKind.reduce((sum, row) => sum + row.remaining, 0);
  return {
    mine: { today, total: mineTotal },
    remaining,
    total,
    byKind,
    elsewhere: elsewhere ?? { count: 0, until: null },
  };
}
