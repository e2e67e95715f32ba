import { DomainError } from "@/domain/errors";
import { type Database, database } from "../database/client";
import { limitTokenUse } from "./limit-token-use";
import { hashToken } from "./one-time-token";
import { hashPassword } from "./password";
import { recordAudit } from "./record-audit";

const openReset = (token: string) => ({
  tokenHash: hashToken(token),
  usedAt: null,
  expiresAt: { gt: new Date() },
  user: { deactivatedAt: null },
});

/**
 * Finds the person whose password a link sets.
 * @throws DomainError `password-reset-invalid`, `too-many-attempts`
 */
export async function readPasswordReset(input: { token: string; address?: string }) {
  await limitTokenUse("password-reset", input.token, input.address);
  const { user } = await findReset(database(), input.token);
  return { name: user.name, email: user.email };
}

/**
 * Sets a new password with a link that an admin made. The link works once, and every session of the person ends.
 * @throws DomainError `password-reset-invalid`, `too-many-attempts`
 */
export async function resetPassword(input: { token: string; password: string; address?: string }) {
  await limitTokenUse("password-reset", input.token, input.address);
  const { user } = await findReset(database(), input.token); // the link is checked before the password is hashed, which costs time
  const passwordHash = await hashPassword(input.password);
  return database().$transaction(async (tx) => {
    const { user: _, ...open } = openReset(input.token);
    const { count } = await tx.passwordReset.updateMany({ where: open, data: { usedAt: new Date() } });
    if (count === 0) throw invalid();
    await tx.user.update({ where: { id: user.id }, data: { passwordHash, sessionVersion: { increment: 1 } } });
    await recordAudit(tx, { actorId: user.id, action: "access.resetPassword", subject: ["User", user.id] });
    return { email: user.email };
  });
}

async function findReset(db: Database, token: string) {
  const reset = await db.passwordReset.findFirst({
    where: openReset(token),
    select: { user: { select: { id: true, name: true, email: true } } },
  });
  if (!reset) throw invalid();
  return reset;
}

const invalid = () =>
  new DomainError(
    "password-reset-invalid",
    "unknown, used or expired reset token",
    "This link has been used, has expired, or was replaced by a newer one. Ask an admin for a new link.",
  );
