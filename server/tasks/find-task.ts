import { DomainError } from "@/domain/errors";
import { database } from "../database/client";

/** @throws DomainError `task-not-found` */
export async function findTask(projectId: string, taskId: string) {
  const task = await database().task.findFirst({ where: { id: taskId, projectId } });
  if (!task) throw new DomainError("task-not-found", `no task ${taskId} in ${projectId}`, "There is no such task.");
  return task;
}
