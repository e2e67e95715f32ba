import { DomainError } from "@/domain/errors";
import type { Prisma } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import { hashToken } from "./one-time-token";

export type FoundInvitation = Awaited<ReturnType<typeof findInvitation>>;

/** What says whether whoever made an invitation may still make it. */
export const MAKER = {
  createdBy: {
    select: {
      name: true,
      sessionVersion: true,
      deactivatedAt: true,
      memberships: { where: { role: "admin" }, select: { projectId: true } },
    },
  },
} as const satisfies Prisma.InvitationInclude;

type Backed = Pick<FoundInvitation, "projectId" | "createdByVersion" | "createdBy">;

/**
 * Finds the invitation of a link, whatever has become of it.
 * @throws DomainError `invitation-not-found`
 */
export async function findInvitation(db: Database, token: string) {
  const invitation = await db.invitation.findFirst({
    where: { tokenHash: hashToken(token), project: { archivedAt: null } },
    include: { project: { select: { id: true, slug: true, name: true } }, ...MAKER },
  });
  if (invitation) return invitation;
  throw new DomainError("invitation-not-found", "unknown invitation token", "There is no such invitation.");
}

/**
 * Says why an invitation no longer serves.
 * @throws DomainError `invitation-revoked`, `invitation-used`, `invitation-expired`, `invitation-void`
 */
export function assertOpen(invitation: FoundInvitation): void {
  const { id, revokedAt, usedAt, expiresAt } = invitation;
  const ask = "Ask for a new one.";
  if (revokedAt) throw new DomainError("invitation-revoked", id, `This invitation was revoked. ${ask}`);
  if (usedAt) throw new DomainError("invitation-used", id, `This invitation has been used. ${ask}`);
  if (expiresAt <= new Date()) throw new DomainError("invitation-expired", id, `This invitation has expired. ${ask}`);
  if (!isBacked(invitation))
    throw new DomainError(
      "invitation-void",
      `the maker of ${id} has lost the right`,
      `This invitation is no longer valid, because the rights or the password of ${invitation.createdBy.name}, who made it, have changed since. ${ask}`,
    );
}

/** The condition for an invitation that is unused, unrevoked and unexpired; whether it is backed is asked apart. */
export const openInvitation = () => ({ usedAt: null, revokedAt: null, expiresAt: { gt: new Date() } });

/**
 * Tells whether whoever made an invitation is still an admin of its project, active, and has had the same password since: an
 * invitation can do no more than its maker can.
 */
export const isBacked = ({ projectId, createdByVersion, createdBy }: Backed): boolean =>
  createdBy.deactivatedAt === null &&
  createdBy.sessionVersion === createdByVersion &&
  createdBy.memberships.some((membership) => membership.projectId === projectId);
