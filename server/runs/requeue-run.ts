import { REWARD_IN_DOUBT } from "@/domain/runs/reward-doubt";
import type { TrainingRun } from "@/generated/prisma/client";
import { recordAudit } from "../access/record-audit";
import type { Database } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { doubtRewardModel } from "./doubt-reward-model";
import { waitingActivity } from "./queue-run";
import { settleRun } from "./settle-run";
import { heldBack } from "./waiting-runs";

/**
 * Puts a run that stands still into the queue again, with its job where it need not wait (again) for the run that makes
 * its reward model. The caller holds the run's lock.
 */
export async function requeueRun(
  tx: Database,
  run: TrainingRun,
  wish: {
    userId: string;
    /** The run that this one waits for, or waited for. */
    awaited?: TrainingRun | null;
    /** True where a model is to be made of the newest checkpoint, without another step. */
    stopAtCheckpoint?: boolean;
  },
): Promise<void> {
  const { userId, awaited = null, stopAtCheckpoint = false } = wish;
  const model =
    awaited?.status === "completed"
      ? await tx.modelVersion.findUnique({ where: { trainingRunId: awaited.id }, select: { id: true } })
      : null;
  const waits = awaited !== null && model === null;
  // A person who lets a run go on that has its reward model already has been told of the doubt.
  const doubt = awaited && model && run.rewardModelVersionId === null ? await doubtRewardModel(awaited) : null;
  await settleRun(tx, run, {
    status: "queued",
    stopAtCheckpoint,
    attempt: 0,
    activity: stopAtCheckpoint
      ? "waiting for the trainer, to make a model of its checkpoint"
      : waits
        ? waitingActivity(awaited)
        : "waiting for the trainer",
    errorCode: null,
    errorMessage: null,
    errorHint: null,
    etaSeconds: null,
    finishedAt: null,
    cancelRequestedAt: null,
    ...(model && { rewardModelVersionId: model.id }),
    ...(doubt !== null && heldBack(doubt)),
  });
  const message = waits
    ? `The run waits again for run ${awaited.number}, which makes its reward model.`
    : againOf(run, wish);
  await tx.runLogLine.create({
    data: { runId: run.id, level: doubt === null ? "info" : "warn", message: doubt ?? message },
  });
  if (!waits && doubt === null) await sendJob(tx, "train", { id: run.id });
  await recordAudit(tx, {
    actorId: userId,
    projectId: run.projectId,
    action: stopAtCheckpoint ? "runs.stopAtCheckpoint" : "runs.retry",
    subject: ["TrainingRun", run.id],
  });
}

function againOf({ status, errorCode }: TrainingRun, { stopAtCheckpoint }: { stopAtCheckpoint?: boolean }): string {
  if (stopAtCheckpoint)
    return status === "paused"
      ? "The run was stopped after the pause; its checkpoint becomes a model version."
      : "The run's newest checkpoint becomes a model version.";
  if (status !== "paused") return "The run was started again.";
  return errorCode === REWARD_IN_DOUBT
    ? "The run was started although its reward model is in doubt."
    : "The run continues after the pause.";
}
