import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { findLanguageModel } from "./find-model";

/** Marks a model as the one that the project stands behind. Earlier promotions stay on record; the newest counts. */
export async function promoteModel(input: { actor: ProjectActor; modelVersionId: string }) {
  const { projectId, userId } = requireAdmin(input.actor);
  return database().$transaction(async (tx) => {
    const model = await findLanguageModel(tx, projectId, input.modelVersionId);
    const promotedAt = new Date();
    await tx.modelVersion.update({ where: { id: model.id }, data: { promotedAt, promotedById: userId } });
    await recordAudit(tx, {
      actorId: userId,
      projectId: projectId,
      action: "models.promote",
      subject: ["ModelVersion", model.id],
      detail: `promoted “${model.name}”`,
    });
    return { promotedAt };
  });
}
