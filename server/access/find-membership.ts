import { DomainError } from "@/domain/errors";
import { textFault } from "@/domain/storable-text";
import { database } from "../database/client";
import { ProjectActor } from "./actor";

/**
 * Finds the person as an actor in the project of a slug, which is what the project's use cases take. To a stranger a
 * project that exists looks like one that doesn't.
 * @throws DomainError `project-not-found`
 */
export async function findMembership(userId: string, slug: string): Promise<ProjectActor> {
  // A slug out of an address may be any text, and what can't be kept names nothing.
  const membership = textFault(slug)
    ? null
    : await database().membership.findFirst({
        where: { userId, project: { slug, archivedAt: null } },
        select: { role: true, projectId: true },
      });
  if (!membership) {
    const message = `no membership of ${userId} in ${JSON.stringify(slug.slice(0, 200))}`;
    const words =
      !textFault(slug) && (await wasRemoved(userId, slug)) ? "You are no longer a member of this project." : undefined;
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
