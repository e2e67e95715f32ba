import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";
import { lockTask } from "../tasks/lock-task";
import { settleTask } from "../tasks/task-status";
import { findOwnLabel } from "./find-own-label";
import { holdPlace } from "./lease-task";
import { forgetOpenTasks } from "./open-tasks";

/**
 * Takes one of the person's own answers back (undo). The task is open again, and its place is kept for the same person.
 * @throws DomainError `label-not-found`, `label-not-live-conflict`
 */
export async function withdrawLabel(input: { actor: ProjectActor; labelId: string }): Promise<{ taskId: string }> {
  const { projectId, userId } = requireMember(input.actor);
  const own = { projectId, userId, labelId: input.labelId };
  const withdrawn = await database().$transaction(async (tx) => {
    const { taskId } = await findOwnLabel(tx, own);
    await lockTask(tx, projectId, taskId);
    const label = await findOwnLabel(tx, own); // the label is read anew, now that nobody else can change it
    if (label.withdrawal) return { taskId };
    if (label.supersededBy)
      throw new DomainError(
        "label-not-live-conflict",
        `label ${label.id} is superseded by ${label.supersededBy.id}`,
        "This answer was corrected later. Take back the correction instead.",
      );
    await tx.labelWithdrawal.create({ data: { labelId: label.id, userId } });
    await holdPlace(tx, taskId, userId);
    await settleTask(tx, taskId);
    return { taskId };
  });
  forgetOpenTasks(projectId); // a task that was done is open again
  return withdrawn;
}
