import { database } from "../database/client";
import { countLiveLabels } from "../labels/live-label-counts";

/** Lists the projects that a person is a member of, newest first, with what is in them. */
export async function listProjects(userId: string) {
  const memberships = await database().membership.findMany({
    where: { userId, project: { archivedAt: null } },
    select: {
      role: true,
      project: {
        select: {
          id: true,
          slug: true,
          name: true,
          description: true,
          createdAt: true,
        },
      },
    },
    orderBy: { project: { createdAt: "desc" } },
  });
  const ids = memberships.map(({ project }) => project.id);
  const [prompts, labels] = await Promise.all([countPrompts(ids), countLiveLabels(database(), ids)]);
  return memberships.map(({ role, project: { id, ...project } }) => ({
    ...project,
    role,
    promptCount: prompts.get(id) ?? 0,
    labelCount: labels.get(id) ?? 0,
  }));
}

async function countPrompts(projectIds: string[]): Promise<Map<string, number>> {
  const rows = await database().$queryRaw<{ projectId: string; count: number }[]>`
    SELECT "projectId", count(*)::int AS "count" FROM "Prompt"
    WHERE "projectId" = ANY(${projectIds}::uuid[]) AND "archivedAt" IS NULL GROUP BY "projectId"`;
  return new Map(rows.map(({ projectId, count }) => [projectId, count]));
}
