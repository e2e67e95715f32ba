import { toLabelKind } from "@/domain/labels/kinds";
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
  return templates.map(({ id, name, kind, taskType, requiredLabels, assignees }) => ({
    id,
    name,
    kind: toLabelKind(kind),
    taskType,
    requiredLabels,
    annotators: assignees.map(({ user }) => user),
  }));
}
