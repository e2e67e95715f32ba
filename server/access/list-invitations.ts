import { database } from "../database/client";
import { type ProjectActor, requireAdmin } from "./actor";
import { isBacked, MAKER } from "./find-invitation";

/** An invitation is `void` where whoever made it may no longer make it, or has a new password. */
export type InvitationStatus = "open" | "used" | "expired" | "revoked" | "void";

const SHOWN = 100;

/** Lists the project's invitations, newest first. Their links can't be shown again: only the hash of each is kept. */
export async function listInvitations(actor: ProjectActor) {
  const { projectId } = requireAdmin(actor);
  const rows = await database().invitation.findMany({
    where: { projectId },
    orderBy: { id: "desc" },
    take: SHOWN,
    include: { ...MAKER, usedBy: { select: { id: true, name: true } } },
  });
  const now = new Date();
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    role: row.role,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    usedAt: row.usedAt,
    createdBy: { id: row.createdById, name: row.createdBy.name },
    usedBy: row.usedBy,
    status: statusOf(row, now),
  }));
}

type Row = Parameters<typeof isBacked>[0] & { usedAt: Date | null; revokedAt: Date | null; expiresAt: Date };

function statusOf(row: Row, now: Date): InvitationStatus {
  if (row.usedAt) return "used";
  if (row.revokedAt) return "revoked";
  if (row.expiresAt <= now) return "expired";
  return isBacked(row) ? "open" : "void";
}
