import { DomainError } from "@/domain/errors";
import type { LabelSubmission } from "@/domain/labels/submission";
import type { Transaction } from "../database/client";

/**
 * Finds the label that this very submission gave before, where the client did not hear of it and sends it again.
 * @throws DomainError `idempotency-key-conflict` where the key was used for another task
 */
export async function findSubmitted(tx: Transaction, annotatorId: string, submission: LabelSubmission) {
  const { idempotencyKey, taskId } = submission;
  const label = await tx.label.findUnique({
    where: { annotatorId_idempotencyKey: { annotatorId, idempotencyKey } },
    select: { id: true, taskId: true, supersedesId: true },
  });
  if (label && label.taskId !== taskId)
    throw new DomainError(
      "idempotency-key-conflict",
      `key ${idempotencyKey} belongs to task ${label.taskId}`,
      "This answer was already sent for another task.",
    );
  return label;
}
