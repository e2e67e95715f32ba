import { isUnderWay } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { type Database, database } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { findModel } from "../models/find-model";

/**
 * Asks for a model's files to be read. A second request while the first is under way finds the first; a later one reads
 * the files anew, since those of a base may have changed.
 * @throws DomainError `model-not-found`
 */
export async function startInspection(input: {
  actor: ProjectActor;
  modelVersionId: string;
}): Promise<{ inspectionId: string }> {
  const { projectId } = requireAdmin(input.actor);
  return database().$transaction(async (tx) => {
    const model = await findModel(tx, projectId, input.modelVersionId);
    // Where a person clicks twice, the second click waits here for the first and finds its row.
    await tx.$queryRaw`SELECT 1 FROM "ModelVersion" WHERE "id" = ${model.id}::uuid FOR UPDATE`;
    const newest = await newestInspection(tx, model.id);
    if (newest && isUnderWay(newest.status)) return { inspectionId: newest.id };
    return { inspectionId: await requestInspection(tx, { projectId, modelVersionId: model.id }) };
  });
}

/** Writes the row and its job, as a part of the transaction in which a model is made known. */
export async function requestInspection(
  tx: Database,
  data: { projectId: string; modelVersionId: string },
): Promise<string> {
  const { id } = await tx.modelInspection.create({ data: { ...data, activity: "waiting for the trainer" } });
  await sendJob(tx, "inspect", { id });
  return id;
}

export const newestInspection = (db: Database, modelVersionId: string) =>
  db.modelInspection.findFirst({ where: { modelVersionId }, orderBy: { createdAt: "desc" } });
