import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { ProjectActor } from "./actor";

/**
 * Finds the person as an actor in the project of a slug, which is what the project's use cases take. To a stranger a
 * project that exists looks like one that doesn't.
 * @throws DomainError `project-not-found`
 */
export async function findMembership(userId: string, slug: string): Promise<ProjectActor> {
  const membership = await database().membership.findFirst({
    where: { userId, project: { slug, archivedAt: null } },
    select: { role: true, projectId: true },
  });
  if (!membership) {
    const message = `no membership of ${userId} in ${slug}`;
    const words = (await wasRemoved(userId, slug)) ? "You are no longer a member of this project." : undefined;
    throw new DomainError("project-not-found", message, words ?? "There is no such project.");
  }
  return new ProjectActor({ ...membership, userId });
}

/** A former member knows of the project anyway, and should not have to wonder where it went. */
async function wasRemoved(userId: string, slug: string): Promise<boolean> {
  const entry = await database().auditEntry.findFirst({
    where: { project: { slug, archivedAt: null }, action: "members.remove", subjectType: "User", subjectId: userId },
    select: { id: true },
  });
  return entry !== null;
}
