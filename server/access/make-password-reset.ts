import { DomainError } from "@/domain/errors";
import { paths } from "@/domain/paths";
import { database, type Transaction } from "../database/client";
import { type ProjectActor, requireAdmin } from "./actor";
import { countAttempt } from "./count-attempt";
import { findMember } from "./find-member";
import { makeToken } from "./one-time-token";
import { recordAudit } from "./record-audit";

const HOURS = 24;

/**
 * Makes a link by which a member sets a new password. Earlier unused links of that person stop working.
 * @throws DomainError `member-not-found`, `password-reset-forbidden`, `too-many-attempts`
 */
export async function makePasswordReset(input: { actor: ProjectActor; userId: string }) {
  const { userId } = input;
  const { projectId, userId: actorId } = requireAdmin(input.actor);
  await countAttempt(`make-password-reset:${actorId}`, 60, 3600);
  const { token, tokenHash } = makeToken();
  const expiresAt = new Date(Date.now() + HOURS * 3_600_000);
  return database().$transaction(async (tx) => {
    const { user } = await findMember(tx, projectId, userId);
    await assertMayReset(tx, actorId, user);
    await tx.passwordReset.deleteMany({ where: { userId, usedAt: null } });
    await tx.passwordReset.create({ data: { tokenHash, userId, createdById: actorId, expiresAt } });
    await recordAudit(tx, {
      actorId,
      projectId,
      action: "members.makePasswordReset",
      subject: ["User", userId],
      detail: user.name,
    });
    return { path: paths.passwordReset(token), expiresAt };
  });
}

/**
 * Whoever has the link can sign in as that person. So a project's admin may make one only for people who can do nothing
 * that this admin can't: not for the instance's admin, and for nobody who is in a project in which this admin is none.
 */
async function assertMayReset(tx: Transaction, actorId: string, user: { id: string; instanceRole: string }) {
  const actor = await tx.user.findUniqueOrThrow({ where: { id: actorId }, select: { instanceRole: true } });
  if (actor.instanceRole === "admin") return;
  const elsewhere = await tx.membership.findFirst({
    where: {
      userId: user.id,
      project: { archivedAt: null, memberships: { none: { userId: actorId, role: "admin" } } },
    },
  });
  if (user.instanceRole !== "admin" && !elsewhere) return;
  throw new DomainError(
    "password-reset-forbidden",
    `${user.id} may do more than ${actorId}`,
    "This person is also in other projects or runs the instance, so only the admin of the instance may reset their password.",
  );
}
