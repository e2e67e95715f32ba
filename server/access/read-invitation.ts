import { database } from "../database/client";
import type { CurrentUser } from "./current-user";
import { assertOpen, findInvitation } from "./find-invitation";
import { limitTokenUse } from "./limit-token-use";

/**
 * What the page of an invitation link shows.
 * @throws DomainError `invitation-not-found`, `invitation-revoked`, `invitation-used`, `invitation-expired`,
 *   `too-many-attempts`
 */
export async function readInvitation(input: { token: string; user: CurrentUser | null; address?: string }) {
  await limitTokenUse("invitation", input.token, input.address);
  const invitation = await findInvitation(database(), input.token);
  const { project, role, email, expiresAt, createdBy } = invitation;
  const membership = input.user
    ? await database().membership.findUnique({
        where: { projectId_userId: { projectId: project.id, userId: input.user.id } },
      })
    : null;
  // Whoever is in already is told so, also by a link that has done its work.
  const alreadyIn = membership !== null && (membership.role === "admin" || role === "annotator");
  if (!alreadyIn) assertOpen(invitation);
  return {
    project: { slug: project.slug, name: project.name },
    role,
    email,
    expiresAt,
    from: createdBy.name,
    alreadyIn,
  };
}
