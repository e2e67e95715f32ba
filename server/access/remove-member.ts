import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { freePlacesOf } from "../labels/lease-task";
import { type ProjectActor, requireAdmin } from "./actor";
import { assertAdminLeft, findMember } from "./find-member";
import { spendResets } from "./make-password-reset";
import { recordAudit } from "./record-audit";

/**
 * Takes a person out of the project. The person's labels stay (excluding them is another act), their leases are free at
 * once, and links for a new password that this project's admins made for them stop working.
 * @throws DomainError `member-not-found`, `last-admin-conflict`
 */
export async function removeMember(input: { actor: ProjectActor; userId: string }): Promise<void> {
  const { projectId, userId: actorId } = requireAdmin(input.actor);
  const { userId } = input;
  await database().$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const member = await findMember(tx, projectId, userId);
    await tx.membership.delete({ where: { projectId_userId: { projectId, userId } } });
    await assertAdminLeft(tx, projectId);
    await spendResets(tx, { userId, projectId });
    await freePlacesOf(tx, projectId, userId);
    await recordAudit(tx, {
      actorId,
      projectId,
      action: "members.remove",
      subject: ["User", userId],
      detail: `${member.user.name}, ${member.role}`,
    });
  });
}
