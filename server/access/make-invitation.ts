import { paths } from "@/domain/paths";
import type { ProjectRole } from "@/generated/prisma/client";
import { database } from "../database/client";
import { type ProjectActor, requireAdmin } from "./actor";
import { countAttempt } from "./limit-attempts";
import { makeToken } from "./one-time-token";
import { recordAudit } from "./record-audit";

const DAY_MS = 86_400_000;

/**
 * Makes a link that brings one person into the project. The token is returned this once; only its hash is kept.
 * With an email it serves the person with that address alone.
 * @throws DomainError `too-many-attempts`
 */
export async function makeInvitation(input: {
  actor: ProjectActor;
  role: ProjectRole;
  email: string | null;
  days: number;
}): Promise<{ invitationId: string; path: string; expiresAt: Date }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { role, email, days } = input;
  await countAttempt({ key: ["invitation", userId], attempts: 200, seconds: 3600 });
  const { token, tokenHash } = makeToken();
  const expiresAt = new Date(Date.now() + days * DAY_MS);
  return database().$transaction(async (tx) => {
    const { sessionVersion } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    const { id } = await tx.invitation.create({
      data: { projectId, role, email, tokenHash, createdById: userId, createdByVersion: sessionVersion, expiresAt },
    });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "members.invite",
      subject: ["Invitation", id],
      detail: `${email ?? "whoever has the link"} as ${role}`,
    });
    return { invitationId: id, path: paths.invitation(token), expiresAt };
  });
}
