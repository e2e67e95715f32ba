import { storableText } from "@/domain/storable-text";
import { database, type Transaction } from "../database/client";
import { consumeInvitation } from "./consume-invitation";
import { emailSchema } from "./email";
import { isBacked, MAKER, openInvitation } from "./find-invitation";
import { countAttempt } from "./limit-attempts";
import { spendResets } from "./make-password-reset";
import { recordAudit } from "./record-audit";

export interface Identity {
  name: string | null;
  /** The verified email; null where the service does not vouch for it. */
  verifiedEmail: string | null;
  /** The person who is signed in, in the browser that comes back from the other service; null where nobody is. */
  signedInId: string | null;
}

export type IdentityAnswer =
  | { user: { id: string; email: string; name: string; sessionVersion: number } }
  | { refused: "no-verified-email" | "not-invited" | "confirm-first" };

const PERSON = { id: true, email: true, name: true, sessionVersion: true } as const;

/**
 * Finds the person of another service's identity (OIDC, GitHub, Google): the person with that verified email, or a new
 * one whom an unused invitation to that very address awaits. Strangers are turned away. What becomes of an account whose
 * address nobody has verified stands in docs/decisions/19-addresses-nobody-verified.md.
 * @throws DomainError `too-many-attempts`
 */
export async function signInIdentity(identity: Identity): Promise<IdentityAnswer> {
  const parsed = emailSchema.safeParse(identity.verifiedEmail);
  if (!parsed.success) return { refused: "no-verified-email" };
  const email = parsed.data;
  await countAttempt({ key: ["sign-in of an identity", email], attempts: 20, seconds: 60 });
  return database().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "User" WHERE "email" = ${email} FOR UPDATE`;
    const known = await tx.user.findUnique({ where: { email } });
    if (!known) return admitInvited(tx, email, identity.name);
    if (known.deactivatedAt) return { refused: "not-invited" };
    const { id, name, sessionVersion } = known;
    if (known.emailVerifiedAt) return { user: { id, email, name, sessionVersion } };
    const provesPassword = identity.signedInId === id;
    if (!provesPassword && (await hasMoreThanWasGiven(tx, known))) return { refused: "confirm-first" };
    return { user: await verifyAddress(tx, id, { keepPassword: provesPassword }) };
  });
}

/**
 * Marks an address as its owner's. A password that somebody else may have set goes, with the sessions that it began, the
 * links that were made with it and the links that would set another.
 */
async function verifyAddress(tx: Transaction, id: string, { keepPassword }: { keepPassword: boolean }) {
  const emailVerifiedAt = new Date();
  const action = "access.verifyAddress";
  const detail = keepPassword ? undefined : "the password that was set before is gone";
  await recordAudit(tx, { actorId: id, action, subject: ["User", id], detail });
  if (keepPassword) return tx.user.update({ where: { id }, data: { emailVerifiedAt }, select: PERSON });
  await spendResets(tx, { userId: id });
  const data = { emailVerifiedAt, passwordHash: null, sessionVersion: { increment: 1 } };
  return tx.user.update({ where: { id }, data, select: PERSON });
}

/**
 * Tells whether an account runs the instance or a project that no invitation to this very address gave it. Whoever has an
 * address must not come by that, only because somebody once typed the address.
 */
async function hasMoreThanWasGiven(
  tx: Transaction,
  { id, email, instanceRole }: { id: string; email: string; instanceRole: string },
): Promise<boolean> {
  if (instanceRole === "admin") return true;
  const runs = await tx.membership.findFirst({
    where: {
      userId: id,
      role: "admin",
      project: { invitations: { none: { usedById: id, email, role: "admin" } } },
    },
  });
  return runs !== null;
}

async function admitInvited(tx: Transaction, email: string, givenName: string | null): Promise<IdentityAnswer> {
  const found = await tx.invitation.findMany({
    where: { email, ...openInvitation(), project: { archivedAt: null } },
    orderBy: { id: "asc" },
    include: MAKER,
  });
  const invitations = found.filter(isBacked);
  if (invitations.length === 0) return { refused: "not-invited" };
  const name = storableText(givenName?.trim().slice(0, 100) ?? "") || (email.split("@")[0] ?? email);
  const user = await tx.user.create({ data: { email, name, emailVerifiedAt: new Date() }, select: PERSON });
  for (const invitation of invitations) await consumeInvitation(tx, invitation, user.id);
  return { user };
}
