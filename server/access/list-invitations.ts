import { database } from "../database/client";
import { type ProjectActor, requireAdmin } from "./actor";

export type InvitationStatus = "open" | "used" | "expired" | "revoked";

const SHOWN = 100;

/** Lists the project's invitations, newest first. Their links can't be shown again: only the hash of each is kept. */
export async function listInvitations(actor: ProjectActor) {
  const { projectId } = requireAdmin(actor);
  const rows = await database().invitation.findMany({
    where: { projectId },
    orderBy: { id: "desc" },
    take: SHOWN,
    select: {
      id: true,
      email: true,
      role: true,
      createdAt: true,
      expiresAt: true,
      usedAt: true,
      revokedAt: true,
      createdBy: { select: { id: true, name: true } },
      usedBy: { select: { id: true, name: true } },
    },
  });
  const now = new Date();
  return rows.map(({ revokedAt, ...row }) => ({ ...row, status: statusOf({ ...row, revokedAt }, now) }));
}

function statusOf(row: { usedAt: Date | null; revokedAt: Date | null; expiresAt: Date }, now: Date): InvitationStatus {
  if (row.usedAt) return "used";
  if (row.revokedAt) return "revoked";
  return row.expiresAt <= now ? "expired" : "open";
}
