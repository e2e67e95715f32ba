import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { assertHasLabels, type ExclusionTarget, targetColumns } from "./exclusion-target";

/**
 * Keeps a label, a task or everything of one person out of the dataset versions taken from now on; earlier versions
 * stay as they are. A target that is excluded already stays so, with its first reason.
 * @throws DomainError `label-not-found`, `task-not-found`, `annotator-not-found`
 */
export async function exclude(input: { actor: ProjectActor; target: ExclusionTarget; reason: string }) {
  const { projectId, userId } = requireAdmin(input.actor);
  const { target, reason } = input;
  return database().$transaction(async (tx) => {
    await lockProject(tx, projectId); // two clicks at once exclude only once
    await assertHasLabels(tx, projectId, target);
    const columns = targetColumns(target);
    const active = await tx.exclusion.findFirst({ where: { projectId, ...columns, liftedAt: null } });
    if (active) return { exclusionId: active.id };
    const { id } = await tx.exclusion.create({ data: { projectId, ...columns, reason, createdById: userId } });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "datasets.exclude",
      subject: [SUBJECTS[target.kind], target.id],
      detail: reason,
    });
    return { exclusionId: id };
  });
}

const SUBJECTS = { label: "Label", task: "Task", annotator: "User" } as const;
