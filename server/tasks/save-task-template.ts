import { toLabelKind } from "@/domain/labels/kinds";
import type { CompletionChoice, TaskWish } from "@/domain/tasks/task-wish";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { checkAnnotators } from "./check-annotators";
import { checkModels } from "./plan-tasks";

/**
 * Keeps a wish for tasks under a name, and replaces an earlier one of that name.
 * @throws DomainError `annotator-not-found`, `too-few-annotators`, `model-not-found`
 */
export async function saveTaskTemplate(
  input: { actor: ProjectActor; name: string } & TaskWish,
): Promise<{ templateId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { name, kind, taskType, requiredLabels, annotatorIds, completions } = input;
  return database().$transaction(async (tx) => {
    await lockProject(tx, projectId);
    await checkAnnotators(tx, { projectId, annotatorIds, requiredLabels });
    await checkModels(tx, projectId, input);
    const values = { kind: toLabelKind(kind), taskType, requiredLabels, ...columnsOf(completions) };
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

function columnsOf(completions: CompletionChoice) {
  if (typeof completions === "string") return { completions, firstModelId: null, secondModelId: null };
  const [firstModelId, secondModelId] = completions.models;
  return { completions: "models", firstModelId, secondModelId };
}
