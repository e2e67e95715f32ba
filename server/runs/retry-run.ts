import { DomainError } from "@/domain/errors";
import { REWARD_IN_DOUBT } from "@/domain/runs/reward-doubt";
import type { TrainingRun } from "@/generated/prisma/client";
import { recordAudit } from "../access/record-audit";
import { type Database, database } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { doubtRewardModel } from "./doubt-reward-model";
import { waitingActivity } from "./queue-run";
import { lockRun } from "./run-row";
import { settleRun } from "./settle-run";
import { heldBack, listEndedWith } from "./waiting-runs";

const CAN_GO_ON: ReadonlySet<string> = new Set(["failed", "cancelled", "paused"]);

/**
 * Puts a failed, cancelled or paused run into the queue again, with the same configuration and dataset version. It goes
 * on from its newest checkpoint where there is one; what it was paused for does not pause it again. Runs that its end had
 * ended wait for it again; one that waits for a run that ended without a model takes that one along. One that meets its
 * reward model only now is paused where that one is in doubt.
 * @throws DomainError `run-not-retryable`
 */
export async function retryRun(input: { projectId: string; userId: string; runId: string }) {
  await database().$transaction(async (tx) => {
    const awaited = await lockAwaited(tx, input); // first, as everywhere
    const run = await lockRun(tx, input);
    if (!CAN_GO_ON.has(run.status))
      throw new DomainError(
        "run-not-retryable",
        `run ${run.id} is ${run.status}`,
        `The run is ${run.status}; only a failed, cancelled or paused one can be tried again.`,
      );
    const alongside = awaited !== null && isGivenUp(awaited);
    if (alongside) await requeue(tx, awaited, null, input.userId);
    await requeue(tx, run, awaited, input.userId);
    for (const other of await listEndedWith(tx, alongside ? awaited : run))
      if (other.id !== run.id) await requeue(tx, other, alongside ? awaited : run, input.userId);
  });
  return { runId: input.runId };
}

const isGivenUp = ({ status }: TrainingRun) => status === "failed" || status === "cancelled";

/** The run that this one waits for, or waited for. */
async function lockAwaited(tx: Database, { projectId, runId }: { projectId: string; runId: string }) {
  const run = await tx.trainingRun.findFirst({ where: { id: runId, projectId }, select: { waitsForId: true } });
  return run?.waitsForId ? lockRun(tx, { projectId, runId: run.waitsForId }) : null;
}

/** Into the queue, with its job where it need not wait (again) for the run that makes its reward model. */
async function requeue(tx: Database, run: TrainingRun, awaited: TrainingRun | null, userId: string): Promise<void> {
  const model =
    awaited?.status === "completed"
      ? await tx.modelVersion.findUnique({ where: { trainingRunId: awaited.id }, select: { id: true } })
      : null;
  const waits = awaited !== null && model === null;
  // Whoever lets a run go on that has its reward model already has been told.
  const doubt = awaited && model && run.rewardModelVersionId === null ? await doubtRewardModel(awaited) : null;
  await settleRun(tx, run, {
    status: "queued",
    stopAtCheckpoint: false,
    attempt: 0,
    activity: waits ? waitingActivity(awaited) : "waiting for the trainer",
    errorCode: null,
    errorMessage: null,
    errorHint: null,
    etaSeconds: null,
    finishedAt: null,
    cancelRequestedAt: null,
    ...(model && { rewardModelVersionId: model.id }),
    ...(doubt !== null && heldBack(doubt)),
  });
  const message = waits ? `Waits for run ${awaited.number} again, which makes its reward model.` : againOf(run);
  await tx.runLogLine.create({
    data: { runId: run.id, level: doubt === null ? "info" : "warn", message: doubt ?? message },
  });
  if (!waits && doubt === null) await sendJob(tx, "train", { id: run.id });
  await recordAudit(tx, {
    actorId: userId,
    projectId: run.projectId,
    action: "runs.retry",
    subject: ["TrainingRun", run.id],
  });
}

function againOf({ status, errorCode }: TrainingRun): string {
  if (status !== "paused") return "Tried again.";
  return errorCode === REWARD_IN_DOUBT ? "Started although its reward model is in doubt." : "Goes on after the pause.";
}
