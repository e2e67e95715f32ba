import { database } from "../database/client";
import type { CurrentUser } from "./current-user";
import { assertOpen, findInvitation } from "./find-invitation";
import { limitTokenUse } from "./limit-token-use";

/**
 * Reads what the page of an invitation link shows.
 * @throws DomainError `invitation-not-found`, `invitation-revoked`, `invitation-used`, `invitation-expired`,
 * `invitation-void`, `too-many-attempts`
 */
export const readInvitation = (input: Reading & { address?: string }) => limitTokenUse(input, () => read(input));

interface Reading {
  token: string;
  user: CurrentUser | null;
}

async function read(input: Reading) {
  const invitation = await findInvitation(database(), input.token);
  const { project, role, email, expiresAt, createdBy } = invitation;
  const membership = input.user
    ? await database().membership.findUnique({
        where: { projectId_userId: { projectId: project.id, userId: input.user.id } },
      })
    : null;
  // A person who is in the project already is told so, even by a link that has been used.
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
