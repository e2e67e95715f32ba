import { DomainError } from "@/domain/errors";
import type { ProjectRole } from "@/generated/prisma/client";
import { database } from "../database/client";

export interface ProjectAccess {
  id: string;
  slug: string;
  name: string;
  role: ProjectRole;
}

/**
 * The project of a slug with the person's role in it. To a stranger a project that exists looks like one that doesn't.
 * @throws DomainError `project-not-found`
 */
export async function findMembership(userId: string, slug: string): Promise<ProjectAccess> {
  const membership = await database().membership.findFirst({
    where: { userId, project: { slug, archivedAt: null } },
    select: { role: true, project: { select: { id: true, slug: true, name: true } } },
  });
  if (!membership)
    throw new DomainError("project-not-found", `no membership of ${userId} in ${slug}`, "There is no such project.");
  return { ...membership.project, role: membership.role };
}
