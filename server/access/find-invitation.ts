import { DomainError } from "@/domain/errors";
import type { Database } from "../database/client";
import { hashToken } from "./one-time-token";

export type FoundInvitation = Awaited<ReturnType<typeof findInvitation>>;

/**
 * Finds the invitation of a link, whatever has become of it.
 * @throws DomainError `invitation-not-found`
 */
export async function findInvitation(db: Database, token: string) {
  const invitation = await db.invitation.findFirst({
    where: { tokenHash: hashToken(token), project: { archivedAt: null } },
    include: {
      project: { select: { id: true, slug: true, name: true } },
      createdBy: { select: { name: true } },
    },
  });
  if (invitation) return invitation;
  throw new DomainError("invitation-not-found", "unknown invitation token", "There is no such invitation.");
}

/**
 * Says why an invitation no longer serves.
 * @throws DomainError `invitation-revoked`, `invitation-used`, `invitation-expired`
 */
export function assertOpen({ id, revokedAt, usedAt, expiresAt }: FoundInvitation): void {
  const ask = "Ask for a new one.";
  if (revokedAt) throw new DomainError("invitation-revoked", id, `This invitation was revoked. ${ask}`);
  if (usedAt) throw new DomainError("invitation-used", id, `This invitation has been used. ${ask}`);
  if (expiresAt <= new Date()) throw new DomainError("invitation-expired", id, `This invitation has expired. ${ask}`);
}

/** The condition for an invitation that is unused, unrevoked and unexpired. */
export const openInvitation = () => ({ usedAt: null, revokedAt: null, expiresAt: { gt: new Date() } });
