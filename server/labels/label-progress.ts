import { inKindOrder, type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { startOfToday } from "../database/start-of-today";
import { hasRoomNow, isOpen, openTo } from "./lease-task";
import { openTasks } from "./open-tasks";

export interface LabelProgress {
  mine: { today: number; total: number };
  /** The tasks that are open for this person. Other people's last few seconds may be missing in it. */
  remaining: number;
  /** All tasks of the project. */
  total: number;
  byKind: { kind: LabelKind; remaining: number }[];
  /** The tasks that this person could do if other people had not opened them, and when the first of these leases ends. */
  elsewhere: { count: number; until: Date | null };
}

/**
 * Counts how far a person has come and what is left for them. What is open to everyone is counted once for all people of the
 * project, and what this person has done of it is taken away, so that the cost does not grow with the open tasks.
 */
export async function labelProgress(actor: ProjectActor): Promise<LabelProgress> {
  const { projectId, userId } = requireMember(actor);
  const mine = { ...liveLabel, projectId, annotatorId: userId, importId: null };
  const [today, mineTotal, open, own, held] = await Promise.all([
    database().label.count({ where: { ...mine, createdAt: { gte: startOfToday() } } }),
    database().label.count({ where: mine }),
    openTasks(projectId),
    countOwn(projectId, userId),
    countElsewhere(projectId, userId),
  ]);
  const elsewhere = new Map(held.map(({ kind, count }) => [kind, count]));
  const kinds = new Set([...open.byKind.keys(), ...own.keys()]);
  const byKind = [...kinds]
    .map((kind) => ({
      kind,
      remaining: (open.byKind.get(kind) ?? 0) + (own.get(kind) ?? 0) - (elsewhere.get(kind) ?? 0),
    }))
    .filter(({ remaining }) => remaining > 0)
    .sort(inKindOrder);
  return {
    mine: { today, total: mineTotal },
    remaining: byKind.reduce((sum, row) => sum + row.remaining, 0),
    total: open.total,
    byKind,
    elsewhere: {
      count: held.reduce((sum, { count }) => sum + count, 0),
      until: held.reduce<Date | null>((first, { until }) => (first && first < until ? first : until), null),
    },
  };
}

/** Counts by kind the tasks that this person could do if other people had not opened them. */
async function countElsewhere(projectId: string, userId: string) {
  const rows = await database().$queryRaw<{ kind: string; count: number; until: Date }[]>`
    SELECT t."kind", count(DISTINCT t."id")::int AS "count", min(held."expiresAt") AS "until"
    FROM "TaskLease" held JOIN "Task" t ON t."id" = held."taskId"
    WHERE held."userId" <> ${userId}::uuid AND held."expiresAt" > now()
      AND ${openTo({ projectId, userId, exclude: [] }, [])} AND NOT (${hasRoomNow(userId)})
    GROUP BY 1`;
  return rows.map((row) => ({ ...row, kind: toLabelKind(row.kind) }));
}

/**
 * Counts by kind what differs between the tasks open to everyone and those open to this person: with a minus what the person
 * has done or skipped, with a plus what only this person, or few, may do.
 */
async function countOwn(projectId: string, userId: string): Promise<Map<LabelKind, number>> {
  const rows = await database().$queryRaw<{ kind: string; count: number }[]>`
    SELECT "kind", sum("count")::int AS "count" FROM (
      SELECT t."kind", -count(*) AS "count"
      FROM (SELECT l."taskId" FROM "LiveLabel" l
            WHERE l."annotatorId" = ${userId}::uuid AND l."projectId" = ${projectId}::uuid AND l."importId" IS NULL
            UNION SELECT s."taskId" FROM "TaskSkip" s WHERE s."userId" = ${userId}::uuid) touched
      JOIN "Task" t ON t."id" = touched."taskId" JOIN "Prompt" p ON p."id" = t."promptId"
      WHERE ${isOpen({ projectId })} AND p."archivedAt" IS NULL
        AND NOT EXISTS (SELECT 1 FROM "TaskAssignee" a WHERE a."taskId" = t."id")
      GROUP BY 1
      UNION ALL
      SELECT t."kind", count(*) FROM "TaskAssignee" mine JOIN "Task" t ON t."id" = mine."taskId"
      WHERE mine."userId" = ${userId}::uuid AND ${openTo({ projectId, userId, exclude: [] }, [])}
      GROUP BY 1) parts
    GROUP BY "kind"`;
  return new Map(rows.map(({ kind, count }) => [toLabelKind(kind), count]));
}
