import { DomainError } from "@/domain/errors";
import { answerProblem } from "@/domain/labels/answer";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { Transaction } from "../database/client";
import type { LockedTask } from "../tasks/lock-task";
import { unblind } from "./blind-completions";

/**
 * Checks that the answer fits the task: its kind, its completions, its rubric.
 * @returns the answer with the ids of the database in the place of those that the person's page knew
 * @throws DomainError `label-invalid`
 */
export async function checkSubmission(
  tx: Transaction,
  task: LockedTask,
  { userId, sent }: { userId: string; sent: LabelSubmission },
): Promise<LabelSubmission> {
  const rows = await tx.taskCompletion.findMany({
    where: { taskId: task.id },
    select: { completionId: true },
  });
  const ids = rows.map(({ completionId }) => completionId);
  const submission = unblind(userId, sent, ids);
  const problem =
    submission.kind !== task.kind
      ? `this task asks for a ${task.kind}, not a ${submission.kind}`
      : (orderProblem(submission.shownOrder, ids) ?? (await kindProblem(tx, task, submission, ids)));
  if (problem)
    throw new DomainError("label-invalid", `task ${task.id}: ${problem}`, `This answer can't be saved: ${problem}.`);
  return submission;
}

function orderProblem(shown: readonly string[], ids: readonly string[]): string | null {
  const same =
    shown.length === ids.length && new Set(shown).size === ids.length && ids.every((id) => shown.includes(id));
  return same ? null : "the order shown does not hold exactly the task's completions";
}

async function kindProblem(
  tx: Transaction,
  task: LockedTask,
  submission: LabelSubmission,
  completionIds: string[],
): Promise<string | null> {
  const criteria = task.rubricId
    ? await tx.criterion.findMany({ where: { rubricId: task.rubricId }, select: { id: true } })
    : null;
  return answerProblem(submission, { completionIds, criterionIds: criteria?.map(({ id }) => id) ?? null });
}
