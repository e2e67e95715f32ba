import { DomainError } from "@/domain/errors";
import type { Transaction } from "../database/client";
import { openInvitation } from "./find-invitation";
import { recordAudit } from "./record-audit";

type Invitation = { id: string; projectId: string; role: "admin" | "annotator" };

/**
 * Uses an invitation up, which the caller has found open in the same transaction: membership, mark and audit are written
 * together. Of two people who use the same one at once, one gets in. An invitation raises a role, and never lowers it.
 * @throws DomainError `invitation-used`
 */
export async function consumeInvitation(tx: Transaction, invitation: Invitation, userId: string): Promise<void> {
  const { id, projectId, role } = invitation;
  const { count } = await tx.invitation.updateMany({
    where: { id, ...openInvitation() },
    data: { usedAt: new Date(), usedById: userId },
  });
  if (count === 0) throw new DomainError("invitation-used", id, "This invitation has just been used.");
  await tx.membership.upsert({
    where: { projectId_userId: { projectId, userId } },
    create: { projectId, userId, role },
    update: role === "admin" ? { role } : {},
  });
  await recordAudit(tx, {
    actorId: userId,
    projectId,
    action: "members.join",
    subject: ["User", userId],
    detail: `as ${role}`,
  });
}
