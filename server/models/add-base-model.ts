import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { isUniqueViolation } from "../database/unique-violation";
import { requestInspection } from "../inspections/start-inspection";
import { baseModelName } from "./ensure-base-model";
import { lookAtBase } from "./look-at-base";

/**
 * Makes another base known to the project: a name of the catalogue, a hub id, or a folder or file on this machine. It is
 * looked at first; the trainer then reads all of its files, which shows whether it can be loaded.
 * @throws DomainError as `lookAtBase`; `model-name-conflict`
 */
export async function addBaseModel(input: { actor: ProjectActor; reference: string; name?: string }) {
  const { projectId, userId } = requireAdmin(input.actor);
  const { reference, sizeBytes } = await lookAtBase(input);
  const name = input.name ?? baseModelName(input.reference);
  try {
    return await database().$transaction(async (tx) => {
      const { id } = await tx.modelVersion.create({
        data: {
          projectId: projectId,
          name,
          kind: "base",
          artifactKind: "reference",
          artifact: reference,
          sizeBytes,
        },
      });
      await recordAudit(tx, {
        actorId: userId,
        projectId: projectId,
        action: "models.addBase",
        subject: ["ModelVersion", id],
        detail: reference,
      });
      await requestInspection(tx, { projectId, modelVersionId: id });
      return { id, name };
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError(
      "model-name-conflict",
      `model name ${name} is taken`,
      `The project already has a model called “${name}”. Choose another name.`,
      error,
    );
  }
}
