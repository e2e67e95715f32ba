import type { CheckpointRetention } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";

/** Sets how much is kept of the checkpoints of runs that end from now on; earlier ones go when an admin cleans up. */
export async function setRetention(input: { actor: ProjectActor; retention: CheckpointRetention }) {
  const { projectId, userId } = requireAdmin(input.actor);
  const { retention } = input;
  await database().$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const before = await tx.project.findUniqueOrThrow({ where: { id: projectId } });
    if (before.checkpointRetention === retention) return;
    await tx.project.update({ where: { id: projectId }, data: { checkpointRetention: retention } });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "storage.setRetention",
      subject: ["Project", projectId],
      detail: `${before.checkpointRetention} → ${retention}`,
    });
  });
  return { retention };
}
