import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { type ProjectActor, requireAdmin } from "./actor";
import { recordAudit } from "./record-audit";

/**
 * Takes an unused invitation back, or lets it serve again.
 * @throws DomainError `invitation-not-found`
 */
export async function revokeInvitation(input: {
  actor: ProjectActor;
  invitationId: string;
  revoked: boolean;
}): Promise<void> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { invitationId, revoked } = input;
  await database().$transaction(async (tx) => {
    const { count } = await tx.invitation.updateMany({
      where: { id: invitationId, projectId, usedAt: null },
      data: { revokedAt: revoked ? new Date() : null },
    });
    if (count === 0) throw new DomainError("invitation-not-found", invitationId, "There is no such unused invitation.");
    const action = revoked ? "members.revokeInvitation" : "members.restoreInvitation";
    await recordAudit(tx, { actorId: userId, projectId, action, subject: ["Invitation", invitationId] });
  });
}
