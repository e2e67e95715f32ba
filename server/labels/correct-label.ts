import { DomainError } from "@/domain/errors";
import type { LabelSubmission } from "@/domain/labels/submission";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { lockTask } from "../tasks/lock-task";
import { readAnswerFacts } from "./answer-facts";
import { checkSubmission } from "./check-submission";
import { findOwnLabel } from "./find-own-label";
import { insertLabel } from "./insert-label";
import type { SubmittedLabel } from "./submit-label";

/**
 * Gives a new answer in place of an earlier one of the same person, which stays as history. Sent again with the same
 * key, it gives one label.
 * @throws DomainError `label-not-found`, `label-invalid`, `label-not-live-conflict`
 */
export async function correctLabel(input: {
  actor: ProjectActor;
  labelId: string;
  submission: LabelSubmission;
}): Promise<SubmittedLabel> {
  const { projectId, userId } = requireMember(input.actor);
  const { labelId } = input;
  return database().$transaction(async (tx) => {
    const task = await lockTask(tx, projectId, input.submission.taskId);
    const label = await findOwnLabel(tx, { projectId, userId, labelId });
    if (label.taskId !== task.id)
      throw new DomainError(
        "label-invalid",
        `label ${labelId} is of task ${label.taskId}`,
        "This label belongs to another task.",
      );
    const facts = await readAnswerFacts(tx, { projectId, userId, task }, input.submission);
    const submission = checkSubmission(task, facts, { userId, sent: input.submission });
    const { earlier, guidelineVersionId } = facts;
    const taskDone = task.completedAt !== null;
    if (earlier?.supersedesId === labelId) return { labelId: earlier.id, taskDone };
    if (earlier || label.withdrawal || label.supersededBy)
      throw new DomainError(
        "label-not-live-conflict",
        `label ${labelId} is withdrawn or superseded, or the key was used`,
        "This answer was already corrected or taken back.",
      );
    const corrected = await insertLabel(tx, {
      projectId,
      userId,
      task,
      submission,
      guidelineVersionId,
      supersedesId: labelId,
    });
    return { labelId: corrected, taskDone };
  });
}
