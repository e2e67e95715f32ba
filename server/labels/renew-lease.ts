import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { lockTask } from "../tasks/lock-task";
import { settleTask } from "../tasks/task-status";
import { freePlacesOf, insertLease } from "./lease-task";
import { taskFreed } from "./search-memory";

/** Gives up the places of tasks that a page has fetched ahead and will not open, so that others are given them at once. */
export async function giveBackTasks(input: { actor: ProjectActor; taskIds: readonly string[] }): Promise<void> {
  const { projectId, userId } = requireMember(input.actor);
  await database().$transaction((tx) => freePlacesOf(tx, projectId, userId, input.taskIds));
  taskFreed(projectId);
}

/**
 * Keeps a task for the page that still shows it, even after the lease ran out, if nobody took the place meanwhile.
 * @throws DomainError `task-not-found`, `task-taken-conflict`
 */
export async function renewLease(input: { actor: ProjectActor; taskId: string }): Promise<{ leaseExpiresAt: Date }> {
  const { projectId, userId } = requireMember(input.actor);
  const { taskId } = input;
  return database().$transaction(async (tx) => {
    await lockTask(tx, projectId, taskId);
    const lease = await insertLease(tx, { projectId, userId, exclude: [] }, taskId);
    if (!lease)
      throw new DomainError(
        "task-taken-conflict",
        `task ${taskId} has no place for ${userId}`,
        "This task has all the answers it needs.",
      );
    await settleTask(tx, taskId);
    return { leaseExpiresAt: lease.expiresAt };
  });
}
