import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { limitFailures } from "./limit-attempts";
import { spendResets } from "./make-password-reset";
import { hashPassword, verifyPassword } from "./password";
import { recordAudit } from "./record-audit";

/**
 * Changes a person's own password. Every session of the person ends, and so do open links for a new password and the
 * invitations and links that the person made; the page signs in anew with the new password.
 * @throws DomainError `password-wrong`, `too-many-attempts`
 */
export async function changePassword({ userId, current, next }: { userId: string; current: string; next: string }) {
  const limit = { key: ["change of a password", userId], attempts: 8, seconds: 60 };
  await limitFailures([limit], () => assertPassword(userId, current));
  const passwordHash = await hashPassword(next);
  await database().$transaction(async (tx) => {
    await tx.user.update({ where: { id: userId }, data: { passwordHash, sessionVersion: { increment: 1 } } });
    await spendResets(tx, { userId });
    await recordAudit(tx, { actorId: userId, action: "access.changePassword", subject: ["User", userId] });
  });
}

async function assertPassword(userId: string, current: string): Promise<void> {
  const user = await database().user.findUniqueOrThrow({ where: { id: userId } });
  if (!(await verifyPassword(user.passwordHash, current)))
    throw new DomainError("password-wrong", "wrong current password", "The current password is not correct.");
}
