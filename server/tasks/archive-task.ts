import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { forgetSearches, taskFreed } from "../labels/search-memory";
import { lockTask } from "./lock-task";
import { settleTask } from "./task-status";

/**
 * Takes a task out of the loop, or brings it back. Nobody is asked about an archived task; the labels that it has stay, and
 * count as before.
 * @throws DomainError `task-not-found`
 */
export async function archiveTask(input: {
  actor: ProjectActor;
  taskId: string;
  archived: boolean;
}): Promise<{ taskId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { taskId, archived } = input;
  await database().$transaction(async (tx) => {
    await lockTask(tx, projectId, taskId);
    await tx.task.update({ where: { id: taskId }, data: { archivedAt: archived ? new Date() : null } });
    if (archived) await tx.taskLease.deleteMany({ where: { taskId } });
    await settleTask(tx, taskId);
    const action = archived ? "tasks.archive" : "tasks.restore";
    await recordAudit(tx, { actorId: userId, projectId, action, subject: ["Task", taskId] });
  });
  forgetSearches(projectId);
  return { taskId };
}

/**
 * Frees the place that is held for a person who has a task open; whoever asks next may get it. What the person has not
 * sent yet stays on their page, and is refused if the task is full by then.
 * @throws DomainError `task-not-found`
 */
export async function releaseTask(input: { actor: ProjectActor; taskId: string; userId: string }): Promise<void> {
  const { projectId, userId: actorId } = requireAdmin(input.actor);
  const { taskId, userId } = input;
  await database().$transaction(async (tx) => {
    await lockTask(tx, projectId, taskId);
    const { count } = await tx.taskLease.deleteMany({ where: { taskId, userId } });
    if (count === 0) return; // the lease has ended by itself, or another admin was faster
    await settleTask(tx, taskId);
    await recordAudit(tx, { actorId, projectId, action: "tasks.release", subject: ["Task", taskId] });
  });
  taskFreed(projectId);
}
