import { DomainError } from "@/domain/errors";
import type { LabelSubmission } from "@/domain/labels/submission";
import { type ProjectActor, requireMember } from "../access/actor";
import { database, type Transaction } from "../database/client";
import { type LockedTask, lockTask } from "../tasks/lock-task";
import { type AnswerFacts, readAnswerFacts } from "./answer-facts";
import { checkSubmission } from "./check-submission";
import { insertLabel } from "./insert-label";
import { countDone } from "./open-tasks";

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
  const { kind } = input.submission;
  const saved = await database().$transaction(async (tx) => {
    const task = await lockTask(tx, projectId, input.submission.taskId);
    const facts = await readAnswerFacts(tx, { projectId, userId, task }, input.submission);
    const submission = checkSubmission(task, facts, { userId, sent: input.submission });
    if (facts.earlier) return { labelId: facts.earlier.id, taskDone: task.completedAt !== null, isNew: false };

    checkPlace(task, userId, facts);
    const { guidelineVersionId } = facts;
    const labelId = await insertLabel(tx, { projectId, userId, task, submission, guidelineVersionId });
    return { labelId, taskDone: await takePlace(tx, task.id, userId), isNew: true };
  });
  const { labelId, taskDone } = saved;
  if (saved.isNew && taskDone) await countDone(projectId, kind);
  return { labelId, taskDone };
}

/** @throws DomainError a `…-conflict` that says why there is no place for the answer */
function checkPlace(task: LockedTask, userId: string, { mine, hasPlace }: AnswerFacts): void {
  if (mine)
    throw new DomainError(
      "already-labelled-conflict",
      `task ${task.id} has label ${mine} of ${userId}`,
      "You have answered this task already. To change your answer, correct it under My labels.",
    );
  if (task.archivedAt)
    throw new DomainError("task-archived-conflict", `task ${task.id} is archived`, "An admin has archived this task.");
  if (!hasPlace)
    throw new DomainError(
      "task-taken-conflict",
      `task ${task.id} has no place for ${userId}`,
      "This task already has all the answers it needs, because somebody else was given it while it was open here.",
    );
}

/**
 * Puts the new label in the place that the person held, and clears what was kept for it. It is one statement under the
 * task's lock, and counts as `settleTask` would.
 * @returns whether the task is done
 */
async function takePlace(tx: Transaction, taskId: string, userId: string): Promise<boolean> {
  const [task] = await tx.$queryRaw<{ done: boolean }[]>`
    WITH place AS (
      DELETE FROM "TaskLease" WHERE "taskId" = ${taskId}::uuid AND "userId" = ${userId}::uuid RETURNING 1),
    draft AS (DELETE FROM "LabelDraft" WHERE "taskId" = ${taskId}::uuid AND "userId" = ${userId}::uuid),
    skip AS (DELETE FROM "TaskSkip" WHERE "taskId" = ${taskId}::uuid AND "userId" = ${userId}::uuid)
    UPDATE "Task" t
    SET "labelCount" = t."labelCount" + 1, "leaseCount" = t."leaseCount" - (SELECT count(*) FROM place),
        "completedAt" = CASE WHEN t."labelCount" + 1 >= t."requiredLabels" THEN coalesce(t."completedAt", now()) END
    WHERE t."id" = ${taskId}::uuid
    RETURNING t."completedAt" IS NOT NULL AS done`;
  return task?.done ?? false;
}
