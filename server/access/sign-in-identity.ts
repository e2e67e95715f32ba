import { database } from "../database/client";
import { consumeInvitation } from "./consume-invitation";
import { countAttempt } from "./count-attempt";
import { emailSchema } from "./email";
import { openInvitation } from "./find-invitation";

export interface Identity {
  name: string | null;
  /** The verified email; null where the service does not vouch for it. */
  verifiedEmail: string | null;
}

export type IdentityAnswer =
  | { user: { id: string; email: string; name: string; sessionVersion: number } }
  | { refused: "no-verified-email" | "not-invited" };

/**
 * Finds the person of another service's identity (OIDC, GitHub, Google): the person with that verified email, or a new
 * one whom an unused invitation to that very address awaits. Strangers are turned away.
 * @throws DomainError `too-many-attempts`
 */
export async function signInIdentity(identity: Identity): Promise<IdentityAnswer> {
  const parsed = emailSchema.safeParse(identity.verifiedEmail);
  if (!parsed.success) return { refused: "no-verified-email" };
  const email = parsed.data;
  await countAttempt(`sign-in-identity:${email}`, 20, 60);
  const select = { id: true, email: true, name: true, sessionVersion: true, deactivatedAt: true } as const;
  const known = await database().user.findUnique({ where: { email }, select });
  if (known) return known.deactivatedAt ? { refused: "not-invited" } : { user: known };
  return database().$transaction(async (tx) => {
    const invitations = await tx.invitation.findMany({
      where: { email, ...openInvitation(), project: { archivedAt: null } },
      orderBy: { id: "asc" },
    });
    if (invitations.length === 0) return { refused: "not-invited" };
    const name = identity.name?.trim().slice(0, 100) || (email.split("@")[0] ?? email);
    const user = await tx.user.create({ data: { email, name }, select });
    for (const invitation of invitations) await consumeInvitation(tx, invitation, user.id);
    return { user };
  });
}
