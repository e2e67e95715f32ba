import { UNDER_WAY } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { findLanguageModel } from "../models/find-model";

/**
 * Asks for the capability suites to be put to a model version. An evaluation that is under way already is not started
 * again.
 * @throws DomainError `model-not-found`, `model-writes-no-text`
 */
export async function startEvaluation(input: {
  actor: ProjectActor;

  modelVersionId: string;
}): Promise<{ evaluationId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);

  return database().$transaction(async (tx) => {
    const model = await findLanguageModel(tx, projectId, input.modelVersionId);
    // Where a person clicks twice, the second click waits here for the first and finds its row.
    await tx.$queryRaw`SELECT 1 FROM "ModelVersion" WHERE "id" = ${model.id}::uuid FOR UPDATE`;
    const underWay = await tx.evaluation.findFirst({
      where: { modelVersionId: model.id, status: { in: [...UNDER_WAY] }, cancelRequestedAt: null },
      select: { id: true },
    });
    if (underWay) return { evaluationId: underWay.id };
    const { id } = await tx.evaluation.create({
      data: { projectId, modelVersionId: model.id, requestedById: userId, activity: "waiting for the trainer" },
    });
    await sendJob(tx, "evaluate", { id });
    return { evaluationId: id };
  });
}
