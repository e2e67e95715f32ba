import { DomainError } from "@/domain/errors";
import type { Transaction } from "../database/client";

/**
 * Reads one of the person's own labels under its task's lock.
 * @throws DomainError `label-not-found`, also for another person's label and for one that came with a file
 */
export async function findOwnLabel(tx: Transaction, input: { projectId: string; userId: string; labelId: string }) {
  const { projectId, userId, labelId } = input;
  const label = await tx.label.findFirst({
    where: { id: labelId, projectId, annotatorId: userId, importId: null },
    select: {
      id: true,
      taskId: true,
      kind: true,
      withdrawal: { select: { labelId: true } },
      supersededBy: { select: { id: true } },
    },
  });
  if (!label) throw new DomainError("label-not-found", `no label ${labelId} of ${userId}`, "There is no such label.");
  return label;
}
