import { DomainError } from "@/domain/errors";
import { type ExportFormat, exportVariants, type WeightType } from "@/domain/models/export-options";
import { isUnderWay } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { findModel } from "../models/find-model";
import { listFiles } from "../models/model-files";
import { exportFiles } from "./export-row";

/**
 * Asks for a model in a form to be downloaded. An export that is under way or made already is not made again, since a
 * model version never changes.
 * @throws DomainError `export-invalid`, `model-not-found`
 */
export async function startExport(input: {
  actor: ProjectActor;

  modelVersionId: string;
  format: ExportFormat;
  type: WeightType;
}): Promise<{ exportId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { format, type } = input;
  return database().$transaction(async (tx) => {
    const model = await findModel(tx, projectId, input.modelVersionId);
    const kind = { isAdapter: model.artifactKind === "adapter", isReward: model.kind === "reward" };
    if (!exportVariants(kind).some((variant) => variant.format === format && variant.type === type))
      throw new DomainError(
        "export-invalid",
        `${model.id} as ${format} ${type}`,
        "This model cannot be exported in this format.",
      );
    // Where a person clicks twice, the second click waits here for the first and finds its row.
    await tx.$queryRaw`SELECT 1 FROM "ModelVersion" WHERE "id" = ${model.id}::uuid FOR UPDATE`;
    const wanted = { modelVersionId: model.id, format, weightType: type };
    const newest = await tx.modelExport.findFirst({ where: wanted, orderBy: { createdAt: "desc" } });
    const underWay = newest && isUnderWay(newest.status) && !newest.cancelRequestedAt;
    if (underWay) return { exportId: newest.id };
    const isMade = newest?.status === "completed" && (await listFiles(exportFiles(newest.id))).length > 0;
    if (newest && isMade) return { exportId: newest.id };
    const { id } = await tx.modelExport.create({
      data: { ...wanted, projectId, requestedById: userId, activity: "waiting for the trainer" },
    });
    await sendJob(tx, "export", { id });
    return { exportId: id };
  });
}
