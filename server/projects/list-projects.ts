import { database } from "../database/client";
import { liveLabel } from "../database/live-label";

/** Lists the projects that a person is a member of, newest first, with what is in them. */
export async function listProjects(userId: string) {
  const memberships = await database().membership.findMany({
    where: { userId, project: { archivedAt: null } },
    select: {
      role: true,
      project: {
        select: {
          slug: true,
          name: true,
          description: true,
          createdAt: true,
          _count: { select: { prompts: { where: { archivedAt: null } }, labels: { where: liveLabel } } },
        },
      },
    },
    orderBy: { project: { createdAt: "desc" } },
  });
  return memberships.map(({ role, project: { _count, ...project } }) => ({
    ...project,
    role,
    promptCount: _count.prompts,
    labelCount: _count.labels,
  }));
}
