import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";

/**
 * Removes a template. Tasks that were made by it stay as they are.
 * @throws DomainError `template-not-found`
 */
export async function removeTaskTemplate(input: { actor: ProjectActor; templateId: string }) {
  const { projectId, userId } = requireAdmin(input.actor);
  const { templateId } = input;
  return database().$transaction(async (tx) => {
    const template = await tx.taskTemplate.findFirst({ where: { id: templateId, projectId } });
    if (!template)
      throw new DomainError("template-not-found", `no template ${templateId}`, "There is no such task template.");
    await tx.taskTemplateAssignee.deleteMany({ where: { templateId } });
    await tx.taskTemplate.delete({ where: { id: templateId } });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "tasks.removeTemplate",
      detail: template.name,
      subject: ["TaskTemplate", templateId],
    });
    return { name: template.name };
  });
}
