import type { SkipReason } from "@/domain/labels/skip-reason";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { lockTask } from "../tasks/lock-task";
import { settleTask } from "../tasks/task-status";
import { taskFreed } from "./search-memory";

/** Passes a task over for good: this person is not offered it again, and its place is free for others. */
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
