import { entryOf } from "@/domain/labels/answer";
import { toLabelKind } from "@/domain/labels/kinds";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { Transaction } from "../database/client";
import type { LockedTask } from "../tasks/lock-task";
import { insertAnswer } from "./kinds";

/** Writes an answer that has been checked: the label, what was shown, and the typed rows of its kind. */
export async function insertLabel(
  tx: Transaction,
  input: {
    projectId: string;
    userId: string;
    task: LockedTask;
    submission: LabelSubmission;
    guidelineVersionId: string | null;
    supersedesId?: string;
  },
): Promise<string> {
  const { projectId, userId, task, submission, guidelineVersionId, supersedesId } = input;
  const label = await tx.label.create({
    data: {
      projectId,
      taskId: task.id,
      annotatorId: userId,
      kind: toLabelKind(submission.kind),
      idempotencyKey: submission.idempotencyKey,
      supersedesId,
      guidelineVersionId,
      durationMs: submission.durationMs,
      note: submission.note || null,
      flagged: submission.flagged ?? false,
      presentation: {
        createMany: { data: submission.shownOrder.map((completionId, position) => ({ completionId, position })) },
      },
      ...(await insertAnswer(entryOf(submission), { tx, projectId, promptId: task.promptId, userId })),
    },
    select: { id: true },
  });
  return label.id;
}
