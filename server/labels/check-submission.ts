import { DomainError } from "@/domain/errors";
import { answerProblem } from "@/domain/labels/answer";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { Transaction } from "../database/client";
import type { LockedTask } from "../tasks/lock-task";

/**
 * Checks that the answer fits the task: its kind, its completions, its rubric.
 * @returns the task's completions in the task's own order
 * @throws DomainError `label-invalid`
 */
export async function checkSubmission(tx: Transaction, task: LockedTask, submission: LabelSubmission) {
  const rows = await tx.taskCompletion.findMany({
    where: { taskId: task.id },
    orderBy: { position: "asc" },
    select: { completion: { select: { id: true, modelVersion: { select: { name: true } } } } },
  });
  const completions = rows.map(({ completion }) => completion);
  const ids = completions.map(({ id }) => id);
  const problem =
    submission.kind !== task.kind
      ? `this task asks for a ${task.kind}, not a ${submission.kind}`
      : (orderProblem(submission.shownOrder, ids) ?? (await kindProblem(tx, task, submission, ids)));
  if (problem)
    throw new DomainError("label-invalid", `task ${task.id}: ${problem}`, `This answer can't be saved: ${problem}.`);
  return completions;
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
