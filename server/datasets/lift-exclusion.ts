import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";

/**
 * Lets excluded labels count again from the next version on. The exclusion stays on record as lifted.
 * @throws DomainError `exclusion-not-found`
 */
export async function liftExclusion(input: { actor: ProjectActor; exclusionId: string }): Promise<void> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { exclusionId } = input;
  await database().$transaction(async (tx) => {
    const { count } = await tx.exclusion.updateMany({
      where: { id: exclusionId, projectId, liftedAt: null },
      data: { liftedAt: new Date() },
    });
    if (count === 0)
      throw new DomainError("exclusion-not-found", `no active ${exclusionId}`, "There is no such exclusion in force.");
    const subject: [string, string] = ["Exclusion", exclusionId];
    await recordAudit(tx, { actorId: userId, projectId, action: "datasets.liftExclusion", subject });
  });
}
