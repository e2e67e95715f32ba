import { Prisma } from "@/generated/prisma/client";
import type { Transaction } from "../database/client";

export type TaskStatus = "open" | "done" | "archived";

export function taskStatus(task: { archivedAt: Date | null; completedAt: Date | null }): TaskStatus {
  if (task.archivedAt) return "archived";
  return task.completedAt ? "done" : "open";
}

/**
 * Counts a task's labels and leases anew and sets or clears `completedAt`, after either has changed, under the task's lock.
 * @returns whether the task is done
 */
export async function settleTask(tx: Transaction, taskId: string): Promise<boolean> {
  const [task] = await settle(tx, Prisma.sql`SELECT ${taskId}::uuid AS "id"`);
  return task?.done ?? false;
}

/** Settles many tasks at once. `tasks` selects their ids, as "id". */
export async function settleTasks(tx: Transaction, tasks: Prisma.Sql): Promise<void> {
  await settle(tx, tasks);
}

const settle = (tx: Transaction, tasks: Prisma.Sql) => tx.$queryRaw<{ done: boolean }[]>`
  UPDATE "Task" t
  SET "labelCount" = n."labels", "leaseCount" = n."leases",
      "completedAt" = CASE WHEN n."labels" >= t."requiredLabels" THEN coalesce(t."completedAt", now()) END
  FROM (SELECT one."id", (SELECT count(*) FROM "LiveLabel" l WHERE l."taskId" = one."id") AS "labels",
               (SELECT count(*) FROM "TaskLease" h WHERE h."taskId" = one."id") AS "leases"
        FROM (SELECT DISTINCT "id" FROM (${tasks}) named) one) n
  WHERE t."id" = n."id"
  RETURNING t."completedAt" IS NOT NULL AS done`;
