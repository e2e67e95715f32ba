import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { findLanguageModel } from "./find-model";

/** Marks a model as the one that the project stands behind. Earlier promotions stay on record; the newest counts. */
export async function promoteModel(input: { projectId: string; userId: string; modelVersionId: string }) {
  return database().$transaction(async (tx) => {
    const model = await findLanguageModel(tx, input.projectId, input.modelVersionId);
    const promotedAt = new Date();
    await tx.modelVersion.update({ where: { id: model.id }, data: { promotedAt, promotedById: input.userId } });
    await recordAudit(tx, {
      actorId: input.userId,
      projectId: input.projectId,
      action: "models.promote",
      subject: ["ModelVersion", model.id],
      detail: `promoted “${model.name}”`,
    });
    return { promotedAt };
  });
}
