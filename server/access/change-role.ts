import type { ProjectRole } from "@/generated/prisma/client";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { type ProjectActor, requireAdmin } from "./actor";
import { assertAdminLeft, findMember } from "./find-member";
import { recordAudit } from "./record-audit";

/**
 * Gives a member another role. The role holds from the member's next request on, since roles are read anew for each.
 * @throws DomainError `member-not-found`, `last-admin-conflict`
 */
export async function changeRole(input: { actor: ProjectActor; userId: string; role: ProjectRole }) {
  const { projectId, userId: actorId } = requireAdmin(input.actor);
  const { userId, role } = input;
  await database().$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const member = await findMember(tx, projectId, userId);
    if (member.role === role) return;
    await tx.membership.update({ where: { projectId_userId: { projectId, userId } }, data: { role } });
    await assertAdminLeft(tx, projectId);
    await recordAudit(tx, {
      actorId,
      projectId,
      action: "members.changeRole",
      subject: ["User", userId],
      detail: `${member.user.name}: ${member.role} → ${role}`,
    });
  });
}
