import { toLabelKind } from "@/domain/labels/kinds";
import { type CompletionChoice, completionChoiceSchema } from "@/domain/tasks/task-wish";
import type { TaskTemplate } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";

/** Lists the project's templates by name, each with its people; a person who has left the project is still named. */
export async function listTaskTemplates(actor: ProjectActor) {
  const { projectId } = requireAdmin(actor);
  const templates = await database().taskTemplate.findMany({
    where: { projectId },
    orderBy: { name: "asc" },
    include: {
      assignees: { orderBy: { user: { name: "asc" } }, select: { user: { select: { id: true, name: true } } } },
    },
  });
  return templates.map(({ id, name, kind, taskType, requiredLabels, assignees, ...choice }) => ({
    id,
    name,
    kind: toLabelKind(kind),
    taskType,
    completions: choiceOf(choice),
    requiredLabels,
    annotators: assignees.map(({ user }) => user),
  }));
}

type ChoiceColumns = Pick<TaskTemplate, "completions" | "firstModelId" | "secondModelId">;

const choiceOf = ({ completions, firstModelId, secondModelId }: ChoiceColumns): CompletionChoice =>
  completionChoiceSchema.parse(completions === "models" ? { models: [firstModelId, secondModelId] } : completions);
