import { DomainError } from "@/domain/errors";
import type { SkipReason } from "@/domain/labels/skip-reason";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { lockTask } from "../tasks/lock-task";
import { settleTask } from "../tasks/task-status";
import { holdPlace, insertLease } from "./lease-task";
import { taskFreed } from "./search-memory";

/** Passes a task over: unless the person takes the skip back, they are not offered it again. Its place is free for others. */
export async function skipTask(input: { actor: ProjectActor; taskId: string; reason: SkipReason }): Promise<void> {
  const { projectId, userId } = requireMember(input.actor);
  const { taskId, reason } = input;
  await database().$transaction(async (tx) => {
    await lockTask(tx, projectId, taskId);
    await tx.taskSkip.upsert({
      where: { taskId_userId: { taskId, userId } },
      create: { taskId, userId, reason },
      update: { reason },
    });
    await tx.taskLease.deleteMany({ where: { taskId, userId } });
    await tx.labelDraft.deleteMany({ where: { taskId, userId } });
    await settleTask(tx, taskId);
  });
  taskFreed(projectId);
}

/**
 * Takes a skip back: the task is on the person's desk again, if its place is still free.
 * @throws DomainError `task-not-found`, `task-taken-conflict`
 */
export async function unskipTask(input: { actor: ProjectActor; taskId: string }): Promise<void> {
  const { projectId, userId } = requireMember(input.actor);
  const { taskId } = input;
  await database().$transaction(async (tx) => {
    await lockTask(tx, projectId, taskId);
    await tx.taskSkip.deleteMany({ where: { taskId, userId } });
    if (!(await insertLease(tx, { projectId, userId, exclude: [] }, taskId)))
      throw new DomainError(
        "task-taken-conflict",
        `task ${taskId} has no place for ${userId} any more`,
        "The skip stays: this task was given to somebody else meanwhile, or is no longer open.",
      );
    await holdPlace(tx, taskId, userId);
    await settleTask(tx, taskId);
  });
}
