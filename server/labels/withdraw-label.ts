import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { lockTask } from "../tasks/lock-task";
import { settleTask } from "../tasks/task-status";
import { findOwnLabel } from "./find-own-label";
import { holdPlace } from "./lease-task";

/**
 * Takes one's own answer back (undo). The task is open again, and its place is kept for the same person.
 * @throws DomainError `label-not-found`, `label-not-live-conflict`
 */
export async function withdrawLabel(input: {
  projectId: string;
  userId: string;
  labelId: string;
}): Promise<{ taskId: string }> {
  return database().$transaction(async (tx) => {
    const { taskId } = await findOwnLabel(tx, input);
    await lockTask(tx, input.projectId, taskId);
    const label = await findOwnLabel(tx, input); // as it is now that nobody else can change it
    if (label.withdrawal) return { taskId };
    if (label.supersededBy)
      throw new DomainError(
        "label-not-live-conflict",
        `label ${label.id} is superseded by ${label.supersededBy.id}`,
        "This answer was corrected later: take the correction back instead.",
      );
    await tx.labelWithdrawal.create({ data: { labelId: label.id, userId: input.userId } });
    await settleTask(tx, taskId);
    await holdPlace(tx, taskId, input.userId);
    return { taskId };
  });
}
