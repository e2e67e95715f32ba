import { DomainError } from "@/domain/errors";
import type { LabelSubmission } from "@/domain/labels/submission";
import { type ProjectActor, requireMember } from "../access/actor";
import { database, type Transaction } from "../database/client";
import { liveLabel } from "../database/live-label";
import { type LockedTask, lockTask } from "../tasks/lock-task";
import { settleTask } from "../tasks/task-status";
import { checkSubmission } from "./check-submission";
import { findSubmitted } from "./find-submitted";
import { insertLabel } from "./insert-label";
import { hasRoom, isFor } from "./lease-task";

export interface SubmittedLabel {
  labelId: string;
  taskDone: boolean;
}

/**
 * Keeps an answer; what the function returns is committed. Sent again with the same key, it returns the same label.
 *
 * @throws DomainError `task-not-found`, `label-invalid`, and, where the place is gone, a `…-conflict`
 */
export async function submitLabel(input: {
  actor: ProjectActor;
  submission: LabelSubmission;
}): Promise<SubmittedLabel> {
  const { projectId, userId } = requireMember(input.actor);
  return database().$transaction(async (tx) => {
    const task = await lockTask(tx, projectId, input.submission.taskId);
    const earlier = await findSubmitted(tx, userId, input.submission);
    const submission = await checkSubmission(tx, task, { userId, sent: input.submission });
    if (earlier) return { labelId: earlier.id, taskDone: task.completedAt !== null };

    await checkPlace(tx, task, userId);
    const labelId = await insertLabel(tx, { projectId, userId, task, submission });
    await tx.taskLease.deleteMany({ where: { taskId: task.id, userId } });
    await tx.labelDraft.deleteMany({ where: { taskId: task.id, userId } });
    await tx.taskSkip.deleteMany({ where: { taskId: task.id, userId } });
    return { labelId, taskDone: await settleTask(tx, task.id) };
  });
}

/**
 * Checks that the person holds a place. A place is theirs while the lease runs, and afterwards if nobody else has taken
 * it and the task is still for this person.
 */
async function checkPlace(tx: Transaction, task: LockedTask, userId: string): Promise<void> {
  const mine = await tx.label.findFirst({
    where: { ...liveLabel, taskId: task.id, annotatorId: userId, importId: null },
  });
  if (mine)
    throw new DomainError(
      "already-labelled-conflict",
      `task ${task.id} has label ${mine.id} of ${userId}`,
      "You have answered this task already. To change your answer, correct it under My labels.",
    );
  if (task.archivedAt)
    throw new DomainError("task-archived-conflict", `task ${task.id} is archived`, "An admin has archived this task.");
  const [room] = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "Task" t WHERE t."id" = ${task.id}::uuid AND (
      EXISTS (SELECT 1 FROM "TaskLease" m WHERE m."taskId" = t."id" AND m."userId" = ${userId}::uuid
              AND m."expiresAt" > now())
      OR (${hasRoom(userId)} AND ${isFor(userId)}))`;
  if (!room)
    throw new DomainError(
      "task-taken-conflict",
      `task ${task.id} has no place for ${userId}`,
      "This task already has all the answers it needs, because somebody else was given it while it was open here.",
    );
}
