import type { ProjectAccess } from "../access/find-membership";
import { database } from "../database/client";

/** What every member sees of the project, guidelines included. */
export async function getProject(access: ProjectAccess) {
  const { description, guidelineVersions } = await database().project.findUniqueOrThrow({
    where: { id: access.id },
    select: {
      description: true,
      guidelineVersions: { orderBy: { version: "desc" }, take: 1, select: { version: true, markdown: true } },
    },
  });
  return { ...access, description, guidelines: guidelineVersions[0] ?? null };
}
