import type { Transaction } from "../database/client";

export type TaskStatus = "open" | "done" | "archived";

export function taskStatus(task: { archivedAt: Date | null; completedAt: Date | null }): TaskStatus {
  if (task.archivedAt) return "archived";
  return task.completedAt ? "done" : "open";
}

/** Sets or clears `completedAt` after the task's labels have changed, under its lock; returns whether it is done. */
export async function settleTask(tx: Transaction, taskId: string): Promise<boolean> {
  const [task] = await tx.$queryRaw<{ done: boolean }[]>`
    UPDATE "Task" t SET "completedAt" = CASE WHEN n.labels >= t."requiredLabels" THEN coalesce(t."completedAt", now()) END
    FROM (SELECT count(*) AS labels FROM "LiveLabel" WHERE "taskId" = ${taskId}::uuid) n
    WHERE t."id" = ${taskId}::uuid
    RETURNING t."completedAt" IS NOT NULL AS done`;
  return task?.done ?? false;
}
