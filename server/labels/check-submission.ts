import { DomainError } from "@/domain/errors";
import { answerProblem } from "@/domain/labels/answer";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { LockedTask } from "../tasks/lock-task";
import type { AnswerFacts } from "./answer-facts";
import { unblind } from "./blind-completions";

/**
 * Checks that the answer fits the task: its kind, its completions, its rubric.
 * @returns the answer with the ids of the database in the place of those that the person's page knew
 * @throws DomainError `label-invalid`
 */
export function checkSubmission(
  task: LockedTask,
  { completionIds, criterionIds }: AnswerFacts,
  { userId, sent }: { userId: string; sent: LabelSubmission },
): LabelSubmission {
  const submission = unblind(userId, sent, completionIds);
  const problem =
    submission.kind !== task.kind
      ? `this task asks for a ${task.kind}, not a ${submission.kind}`
      : (orderProblem(submission.shownOrder, completionIds) ??
        answerProblem(submission, { completionIds, criterionIds }));
  if (problem)
    throw new DomainError("label-invalid", `task ${task.id}: ${problem}`, `This answer can't be saved: ${problem}.`);
  return submission;
}

function orderProblem(shown: readonly string[], ids: readonly string[]): string | null {
  const same =
    shown.length === ids.length && new Set(shown).size === ids.length && ids.every((id) => shown.includes(id));
  return same ? null : "the order shown does not hold exactly the task's completions";
}
