import { database } from "../database/client";
import { after, pageOf } from "../database/page";
import { requireInstanceAdmin } from "./actor";
import type { CurrentUser } from "./current-user";

const PROJECTS_SHOWN = 5;

/** Lists the people of the instance, the newest first, for its admin; `search` is a part of a name or an address. */
export async function listPeople(input: { user: CurrentUser; search?: string; cursor?: string | null; limit: number }) {
  requireInstanceAdmin(input.user);
  const contains = input.search?.trim();
  const found = contains ? { contains, mode: "insensitive" as const } : null;
  const rows = await database().user.findMany({
    where: { ...after(input.cursor), ...(found && { OR: [{ name: found }, { email: found }] }) },
    orderBy: { id: "desc" },
    take: input.limit + 1,
    select: {
      id: true,
      name: true,
      email: true,
      instanceRole: true,
      createdAt: true,
      deactivatedAt: true,
      emailVerifiedAt: true,
      passwordHash: true,
      memberships: {
        where: { project: { archivedAt: null } },
        orderBy: { createdAt: "desc" },
        take: PROJECTS_SHOWN + 1,
        select: { role: true, project: { select: { name: true } } },
      },
    },
  });
  return pageOf(
    rows.map(({ passwordHash, memberships, ...row }) => ({
      ...row,
      hasPassword: passwordHash !== null,
      projects: memberships.slice(0, PROJECTS_SHOWN).map(({ role, project }) => ({ name: project.name, role })),
      hasMoreProjects: memberships.length > PROJECTS_SHOWN,
    })),
    input.limit,
  );
}
