import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import { database } from "../database/client";
import { isOpen } from "./lease-task";

export interface OpenTasks {
  /** All tasks of the project that are not archived. */
  total: number;
  /** The open tasks that everyone may do. */
  byKind: Map<LabelKind, number>;
}

const KEPT_MILLISECONDS = 5_000;
const kept = new Map<string, { at: number; counts: Promise<OpenTasks> }>();

/**
 * Counts the open tasks of a project, at most once in five seconds for all who ask: each person at work asks now and then,
 * and the count goes through all open tasks.
 */
export function openTasks(projectId: string): Promise<OpenTasks> {
  const earlier = kept.get(projectId);
  if (earlier && Date.now() - earlier.at < KEPT_MILLISECONDS) return earlier.counts;
  const counts = count(projectId);
  kept.set(projectId, { at: Date.now(), counts });
  counts.catch(() => kept.delete(projectId)); // whoever asked gets the error; the next one asks again
  return counts;
}

/** Takes a task that has just got its last label out of what was counted. */
export async function countDone(projectId: string, kind: LabelKind): Promise<void> {
  const counts = await kept.get(projectId)?.counts.catch(() => null);
  counts?.byKind.set(kind, Math.max(0, (counts.byKind.get(kind) ?? 0) - 1));
}

/** Forgets what was counted. Whoever makes, frees or archives tasks calls it, so that people see them at once. */
export const forgetOpenTasks = (projectId: string): void => void kept.delete(projectId);

async function count(projectId: string): Promise<OpenTasks> {
  const [total, rows] = await Promise.all([
    database().task.count({ where: { projectId, archivedAt: null } }),
    database().$queryRaw<{ kind: string; count: number }[]>`
      SELECT t."kind", count(*)::int AS "count" FROM "Task" t JOIN "Prompt" p ON p."id" = t."promptId"
      WHERE ${isOpen({ projectId })} AND p."archivedAt" IS NULL
        AND NOT EXISTS (SELECT 1 FROM "TaskAssignee" a WHERE a."taskId" = t."id")
      GROUP BY 1`,
  ]);
  return { total, byKind: new Map(rows.map(({ kind, count }) => [toLabelKind(kind), count])) };
}
