import { DomainError } from "@/domain/errors";
import { database, type Transaction } from "../database/client";
import { limitTokenUse } from "./limit-token-use";
import { mayReset, spendResets } from "./make-password-reset";
import { hashToken } from "./one-time-token";
import { hashPassword } from "./password";
import { recordAudit } from "./record-audit";

/**
 * Finds the person whose password a link sets.
 * @throws DomainError `password-reset-invalid`, `too-many-attempts`
 */
export const readPasswordReset = (input: { token: string; address?: string }) =>
  limitTokenUse(input, async () => {
    const { name, email } = await database().$transaction((tx) => findPerson(tx, input.token));
    return { name, email };
  });

/**
 * Sets a new password with a link that an admin made. The link works once, and every session of the person ends.
 * @throws DomainError `password-reset-invalid`, `too-many-attempts`
 */
export const resetPassword = (input: { token: string; password: string; address?: string }) =>
  limitTokenUse(input, async () => {
    // The link is checked before the password is hashed, which costs time, and again when it is used.
    await database().$transaction((tx) => findPerson(tx, input.token));
    const passwordHash = await hashPassword(input.password);
    return database().$transaction(async (tx) => {
      const user = await findPerson(tx, input.token);
      const tokenHash = hashToken(input.token);
      const { count } = await tx.passwordReset.updateMany({
        where: { tokenHash, usedAt: null },
        data: { usedAt: new Date() },
      });
      if (count === 0) throw invalid();
      await spendResets(tx, { userId: user.id });
      await tx.user.update({ where: { id: user.id }, data: { passwordHash, sessionVersion: { increment: 1 } } });
      await recordAudit(tx, { actorId: user.id, action: "access.resetPassword", subject: ["User", user.id] });
      return { email: user.email };
    });
  });

/**
 * Finds the person of an open link, as long as whoever made it may still make it: the rights of both may have changed since,
 * and so may either password.
 */
async function findPerson(tx: Transaction, token: string) {
  const reset = await tx.passwordReset.findFirst({
    where: {
      tokenHash: hashToken(token),
      usedAt: null,
      expiresAt: { gt: new Date() },
      user: { deactivatedAt: null },
      OR: [{ createdById: null }, { createdBy: { deactivatedAt: null } }],
    },
    include: { user: true, createdBy: { select: { id: true, sessionVersion: true } } },
  });
  if (!reset || reset.user.sessionVersion !== reset.userVersion) throw invalid();
  const { createdBy, createdByVersion, projectId, user } = reset;
  if (!createdBy) {
    if (createdByVersion !== null) throw invalid(); // its maker's account is gone; an operator's link never had one
  } else {
    if (createdBy.sessionVersion !== createdByVersion) throw invalid();
    if (!(await mayReset(tx, { projectId, actorId: createdBy.id, userId: user.id }))) throw invalid();
  }
  return user;
}

const invalid = () =>
  new DomainError(
    "password-reset-invalid",
    "unknown, used, expired or outlived reset token",
    "This link is no longer valid: it has been used, has expired, was replaced by a newer one, or the password or the rights that it stood on have changed. Ask an admin for a new link.",
  );
