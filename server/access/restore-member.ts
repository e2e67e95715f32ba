import { DomainError } from "@/domain/errors";
import type { ProjectRole } from "@/generated/prisma/client";
import { database } from "../database/client";
import { type ProjectActor, requireAdmin } from "./actor";
import { recordAudit } from "./record-audit";

/**
 * Undoes a removal. Only a person who was removed from this very project can be brought back so; anyone else is
 * invited.
 * @throws DomainError `member-not-found`
 */
export async function restoreMember(input: { actor: ProjectActor; userId: string; role: ProjectRole }) {
  const { projectId, userId: actorId } = requireAdmin(input.actor);
  const { userId, role } = input;
  await database().$transaction(async (tx) => {
    const removal = await tx.auditEntry.findFirst({
      where: { projectId, action: "members.remove", subjectType: "User", subjectId: userId },
    });
    if (!removal)
      throw new DomainError("member-not-found", `${userId} never left ${projectId}`, "There is no such former member.");
    const { count } = await tx.membership.createMany({ data: [{ projectId, userId, role }], skipDuplicates: true });
    if (count === 0) return;
    const action = "members.restore";
    await recordAudit(tx, { actorId, projectId, action, subject: ["User", userId], detail: `as ${role}` });
  });
}
