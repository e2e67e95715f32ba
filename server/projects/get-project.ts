import { type ProjectActor, requireMember } from "../access/actor";
import { database } from "../database/client";

/** Reads what every member sees of the project, guidelines included. */
export async function getProject(actor: ProjectActor) {
  const { projectId, role } = requireMember(actor);
  const { guidelineVersions, ...project } = await database().project.findUniqueOrThrow({
    where: { id: projectId },
    select: {
      id: true,
      slug: true,
      name: true,
      description: true,
      guidelineVersions: { orderBy: { version: "desc" }, take: 1, select: { version: true, markdown: true } },
    },
  });
  return { ...project, role, guidelines: guidelineVersions[0] ?? null };
}
