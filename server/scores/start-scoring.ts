import { DomainError } from "@/domain/errors";
import { UNDER_WAY } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { findRewardModel } from "../models/find-model";
import { unscored } from "./unscored-completions";

/**
 * Asks a reward model for the scores that are missing: of the completions of the project's tasks, or of one prompt. A
 * scoring that is under way already is not started again.
 * @throws DomainError `nothing-to-score`, `model-not-found`, `model-scores-nothing`, `prompt-not-found`
 */
export async function startScoring(input: {
  actor: ProjectActor;

  modelVersionId: string;
  promptId?: string;
}): Promise<{ scoringId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { promptId = null } = input;
  return database().$transaction(async (tx) => {
    const model = await findRewardModel(tx, projectId, input.modelVersionId);
    const scope = { projectId, modelVersionId: model.id, promptId };
    if (promptId && !(await tx.prompt.findFirst({ where: { id: promptId, projectId }, select: { id: true } })))
      throw new DomainError("prompt-not-found", `no prompt ${promptId}`, "There is no such prompt.");
    // Where a person clicks twice, the second click waits here for the first and finds its row.
    await tx.$queryRaw`SELECT 1 FROM "ModelVersion" WHERE "id" = ${model.id}::uuid FOR UPDATE`;
    const underWay = await tx.scoring.findFirst({
      where: { ...scope, status: { in: [...UNDER_WAY] }, cancelRequestedAt: null },
      select: { id: true },
    });
    if (underWay) return { scoringId: underWay.id };
    const totalCount = await tx.completion.count({ where: unscored(scope) });
    if (totalCount === 0)
      throw new DomainError(
        "nothing-to-score",
        `model ${model.id} has scored everything`,
        promptId
          ? `“${model.name}” has scored every completion of this prompt.`
          : `“${model.name}” has scored the completions of all tasks. New tasks bring new ones.`,
      );
    const { id } = await tx.scoring.create({
      data: { ...scope, totalCount, requestedById: userId, activity: "waiting for the trainer" },
    });
    await sendJob(tx, "score", { id });
    return { scoringId: id };
  });
}
