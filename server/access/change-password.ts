import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { countAttempt } from "./count-attempt";
import { hashPassword, verifyPassword } from "./password";
import { recordAudit } from "./record-audit";

/**
 * Changes a person's own password. Every session of the person ends, the present one too.
 * @throws DomainError `password-wrong`, `too-many-attempts`
 */
export async function changePassword({ userId, current, next }: { userId: string; current: string; next: string }) {
  await countAttempt(`change-password:${userId}`, 8, 60);
  const user = await database().user.findUniqueOrThrow({ where: { id: userId } });
  if (!(await verifyPassword(user.passwordHash, current)))
    throw new DomainError("password-wrong", "wrong current password", "The current password is not correct.");
  const passwordHash = await hashPassword(next);
  await database().$transaction(async (tx) => {
    await tx.user.update({ where: { id: userId }, data: { passwordHash, sessionVersion: { increment: 1 } } });
    await recordAudit(tx, { actorId: userId, action: "access.changePassword", subject: ["User", userId] });
  });
}
