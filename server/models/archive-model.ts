import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { findModel } from "./find-model";
import { findUse } from "./find-use";

interface Input {
  actor: ProjectActor;
  modelVersionId: string;
}

/**
 * Takes a model that a run made out of the lists. The next clean-up removes its files; until then the model can be
 * brought back.
 * @throws DomainError `model-not-found`, `model-is-base`, `model-in-use`
 */
export async function archiveModel({ actor, modelVersionId }: Input) {
  const { projectId, userId } = requireAdmin(actor);
  return database().$transaction(async (tx) => {
    const model = await findModel(tx, projectId, modelVersionId);
    if (model.artifactKind === "reference")
      throw new DomainError(
        "model-is-base",
        model.id,
        "The files of an imported base do not belong to this instance, so there is nothing to free.",
      );
    const use = await findUse(tx, model);
    if (use) throw new DomainError("model-in-use", `${model.id} ${use}`, `“${model.name}” ${use}.`);
    await tx.modelVersion.update({ where: { id: model.id }, data: { archivedAt: model.archivedAt ?? new Date() } });
    const subject: [string, string] = ["ModelVersion", model.id];
    await recordAudit(tx, { actorId: userId, projectId, action: "models.archive", subject, detail: model.name });
    return { modelVersionId };
  });
}

/**
 * Brings an archived model back.
 * @throws DomainError `model-not-found`, `model-removed`
 */
export async function restoreModel({ actor, modelVersionId }: Input) {
  const { projectId, userId } = requireAdmin(actor);
  return database().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "ModelVersion" WHERE "id" = ${modelVersionId}::uuid FOR UPDATE`;
    const model = await findModel(tx, projectId, modelVersionId);
    if (model.filesRemovedAt) throw modelRemoved(model);
    await tx.modelVersion.update({ where: { id: model.id }, data: { archivedAt: null } });
    const subject: [string, string] = ["ModelVersion", model.id];
    await recordAudit(tx, { actorId: userId, projectId, action: "models.restore", subject, detail: model.name });
    return { modelVersionId };
  });
}

export const modelRemoved = ({ id, name }: { id: string; name: string }) =>
  new DomainError("model-removed", `the files of ${id} were removed`, `The files of “${name}” have been removed.`);
