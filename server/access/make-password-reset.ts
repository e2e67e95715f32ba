import { DomainError } from "@/domain/errors";
import { paths } from "@/domain/paths";
import { database, type Transaction } from "../database/client";
import { type ProjectActor, requireAdmin } from "./actor";
import { findMember } from "./find-member";
import { countAttempt } from "./limit-attempts";
import { makeToken } from "./one-time-token";
import { recordAudit } from "./record-audit";

const HOURS = 24;

/**
 * Makes a link by which a member sets a new password. Earlier unused links of that person stop working. The link ends with
 * the rights and with the password of whoever made it, and with the password that it would replace.
 * @throws DomainError `member-not-found`, `password-reset-forbidden`, `too-many-attempts`
 */
export async function makePasswordReset(input: { actor: ProjectActor; userId: string }) {
  const { userId } = input;
  const { projectId, userId: actorId } = requireAdmin(input.actor);
  await countAttempt({ key: ["password reset by", actorId], attempts: 200, seconds: 3600 });
  return database().$transaction(async (tx) => {
    const { user } = await findMember(tx, projectId, userId);
    if (!(await mayReset(tx, { projectId, actorId, userId })))
      throw new DomainError(
        "password-reset-forbidden",
        `${user.id} may do more than ${actorId}`,
        "This person is also in other projects or runs the instance, so only the admin of the instance may reset their password.",
      );
    const link = await insertReset(tx, { userId, projectId, createdById: actorId });
    await recordAudit(tx, {
      actorId,
      projectId,
      action: "members.makePasswordReset",
      subject: ["User", userId],
      detail: user.name,
    });
    return link;
  });
}

/** Writes the row of a link, in the place of the person's earlier ones. */
export async function insertReset(
  tx: Transaction,
  made: { userId: string; projectId: string | null; createdById: string | null },
): Promise<{ path: string; expiresAt: Date }> {
  const { token, tokenHash } = makeToken();
  const expiresAt = new Date(Date.now() + HOURS * 3_600_000);
  const versionOf = async (id: string) =>
    (await tx.user.findUniqueOrThrow({ where: { id }, select: { sessionVersion: true } })).sessionVersion;
  const userVersion = await versionOf(made.userId);
  const createdByVersion = made.createdById === null ? null : await versionOf(made.createdById);
  await spendResets(tx, { userId: made.userId });
  await tx.passwordReset.create({ data: { ...made, tokenHash, userVersion, createdByVersion, expiresAt } });
  return { path: paths.passwordReset(token), expiresAt };
}

/** Takes back what links for a person are open, or those of them that a project's admins made. */
export async function spendResets(tx: Transaction, of: { userId: string; projectId?: string }): Promise<void> {
  await tx.passwordReset.deleteMany({ where: { ...of, usedAt: null } });
}

/**
 * Tells whether somebody may make a link for a person, or still may. Whoever has the link can sign in as that person. So a
 * project's admin may make one only for members who can do nothing that this admin can't: not for the instance's admin, and
 * for nobody who is in a project in which this admin is none. The instance's admin may for everybody.
 */
export async function mayReset(
  tx: Transaction,
  { projectId, actorId, userId }: { projectId: string | null; actorId: string; userId: string },
): Promise<boolean> {
  const actor = await tx.user.findUniqueOrThrow({ where: { id: actorId }, select: { instanceRole: true } });
  if (actor.instanceRole === "admin") return true;
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { instanceRole: true } });
  if (projectId === null || user.instanceRole === "admin") return false;
  const roles = await tx.membership.findMany({ where: { projectId, userId: { in: [actorId, userId] } } });
  const isAdminHere = roles.some((row) => row.userId === actorId && row.role === "admin");
  if (!isAdminHere || !roles.some((row) => row.userId === userId)) return false;
  const elsewhere = await tx.membership.findFirst({
    where: { userId, project: { archivedAt: null, memberships: { none: { userId: actorId, role: "admin" } } } },
  });
  return elsewhere === null;
}
