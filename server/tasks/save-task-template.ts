import { toLabelKind } from "@/domain/labels/kinds";
import type { TaskWish } from "@/domain/tasks/task-wish";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { checkAnnotators } from "./check-annotators";

/**
 * Keeps a wish for tasks under a name, and replaces an earlier one of that name.
 * @throws DomainError `annotator-not-found`, `too-few-annotators`
 */
export async function saveTaskTemplate(
  input: { actor: ProjectActor; name: string } & TaskWish,
): Promise<{ templateId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { name, kind, taskType, requiredLabels, annotatorIds } = input;
  return database().$transaction(async (tx) => {
    await lockProject(tx, projectId);
    await checkAnnotators(tx, { projectId, annotatorIds, requiredLabels });
    const values = { kind: toLabelKind(kind), taskType, requiredLabels };
    const { id } = await tx.taskTemplate.upsert({
      where: { projectId_name: { projectId, name } },
      create: { projectId, name, createdById: userId, ...values },
      update: values,
    });
    await tx.taskTemplateAssignee.deleteMany({ where: { templateId: id } });
    await tx.taskTemplateAssignee.createMany({ data: annotatorIds.map((one) => ({ templateId: id, userId: one })) });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "tasks.saveTemplate",
      detail: name,
      subject: ["TaskTemplate", id],
    });
    return { templateId: id };
  });
}
