import { DomainError } from "@/domain/errors";
import type { ProjectRole } from "@/generated/prisma/client";
import { database } from "../database/client";
import { ProjectActor } from "./actor";

export interface ProjectAccess {
  id: string;
  slug: string;
  name: string;
  role: ProjectRole;
  /** The actor that the project's use cases take. */
  actor: ProjectActor;
}

/**
 * Finds the project of a slug with the person's role in it. To a stranger a project that exists looks like one that
 * doesn't.
 * @throws DomainError `project-not-found`
 */
export async function findMembership(userId: string, slug: string): Promise<ProjectAccess> {
  const membership = await database().membership.findFirst({
    where: { userId, project: { slug, archivedAt: null } },
    select: { role: true, project: { select: { id: true, slug: true, name: true } } },
  });
  if (!membership) {
    const message = `no membership of ${userId} in ${slug}`;
    const words = (await wasRemoved(userId, slug)) ? "You are no longer a member of this project." : undefined;
    throw new DomainError("project-not-found", message, words ?? "There is no such project.");
  }
  const { role, project } = membership;
  return { ...project, role, actor: new ProjectActor({ projectId: project.id, userId, role }) };
}

/** A former member knows of the project anyway, and should not have to wonder where it went. */
async function wasRemoved(userId: string, slug: string): Promise<boolean> {
  const entry = await database().auditEntry.findFirst({
    where: { project: { slug, archivedAt: null }, action: "members.remove", subjectType: "User", subjectId: userId },
    select: { id: true },
  });
  return entry !== null;
}
