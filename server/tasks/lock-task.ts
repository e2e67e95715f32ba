import { DomainError } from "@/domain/errors";
import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import type { Transaction } from "../database/client";

export interface LockedTask {
  id: string;
  kind: LabelKind;
  promptId: string;
  rubricId: string | null;
  requiredLabels: number;
  archivedAt: Date | null;
  completedAt: Date | null;
}

/**
 * Locks a task's row. Everything that changes who has labelled the task or may label it goes through this lock, one at
 * a time, which makes the overlap exact.
 * @throws DomainError `task-not-found`
 */
export async function lockTask(tx: Transaction, projectId: string, taskId: string): Promise<LockedTask> {
  const [task] = await tx.$queryRaw<(Omit<LockedTask, "kind"> & { kind: string })[]>`
    SELECT "id", "kind", "promptId", "rubricId", "requiredLabels", "archivedAt", "completedAt"
    FROM "Task" WHERE "id" = ${taskId}::uuid AND "projectId" = ${projectId}::uuid FOR NO KEY UPDATE`;
  if (!task) throw new DomainError("task-not-found", `no task ${taskId} in ${projectId}`, "There is no such task.");
  return { ...task, kind: toLabelKind(task.kind) };
}
