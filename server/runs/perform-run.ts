import { isDomainError } from "@/domain/errors";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import type { RunConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunOutput } from "@/domain/runs/run-events";
import type { Prisma, TrainingRun } from "@/generated/prisma/client";
import { type Database, database } from "../database/client";
import { describeJobFailure, type Failure, isRetryable, workerDied } from "../jobs/failures";
import { JobCancelled, MOST_ATTEMPTS } from "../jobs/stop-reasons";
import { logger } from "../logger";
import { resolveModel } from "../models/resolve-model";
import { dataPath } from "../storage/data-folder";
import { completeRun } from "./complete-run";
import { RunProgress } from "./run-progress";
import { isFinished, lockRun } from "./run-row";
import { settleRun } from "./settle-run";
import { removeSpareCheckpoints } from "./spare-checkpoints";

/** How long a run may be silent (fetching a model, one long step) before it is looked at whether it is to end. */
const LOOK_EVERY_MILLISECONDS = 1000;

/** The trainer, as the worker hands it in: `runTraining` of trainer/run-training.ts. */
export type Train = (
  config: RunConfig,
  options: {
    outputDir: string;
    resume: boolean;
    /** Make the result of the newest checkpoint, without another step. */
    finishNow: boolean;
    signal: AbortSignal;
    onEvent: (event: RunEvent) => Promise<void>;
  },
) => Promise<RunOutput>;

/**
 * Carries a queued run out: trains, keeps its rows current, and ends it as completed, failed, cancelled or paused. Resolves when
 * the run has ended.
 * @throws when the job is to be taken up again: the process is stopping (`signal`), or the database was out of reach
 */
export async function performRun(
  runId: string,
  { train, backend, signal }: { train: Train; backend: string; signal: AbortSignal },
): Promise<void> {
  const run = await beginRun(runId, backend);
  if (!run) return;
  const progress = new RunProgress(runId);
  const stop = new AbortController();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return; // a step blocks the process for longer than this interval
    looking = true;
    isCancelled(runId)
      .then((cancelled) => cancelled && stop.abort(new JobCancelled()))
      .catch((err) => logger.warn({ err, runId }, "no look at whether the run is to end"))
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MILLISECONDS);
  try {
    const output = await train(await configurationOf(run), {
      outputDir: dataPath(run.folder),
      resume: true,
      finishNow: run.stopAtCheckpoint,
      signal: AbortSignal.any([signal, stop.signal]),
      onEvent: async (event) => {
        await progress.record(event);
        if (progress.cancelRequested) stop.abort(new JobCancelled());
      },
    });
    await progress.write();
    await completeRun(run, output);
  } catch (error) {
    if (!stop.signal.aborted && !signal.aborted && !isPaused(error))
      logger.error({ err: error, runId }, `run ${run.number} failed`);
    await progress.write();
    await endRun(run, error, { cancelled: stop.signal.aborted, stopping: signal.aborted });
  } finally {
    clearInterval(timer);
  }
  // The run has ended and is on record; what could not be removed now goes with the next clean-up.
  await removeSpareCheckpoints(runId).catch((err) => logger.warn({ err, runId }, "spare checkpoints not removed"));
}

/** One statement, so that a step that blocks the process in its midst does no harm. Marks the run as alive as well. */
async function isCancelled(runId: string): Promise<boolean> {
  const data = { heartbeatAt: new Date() };
  const run = await database().trainingRun.update({
    where: { id: runId },
    data,
    select: { cancelRequestedAt: true },
  });
  return run.cancelRequestedAt !== null;
}

/** Marks the run as running; undefined where nothing is left to do. */
async function beginRun(runId: string, backend: string): Promise<TrainingRun | undefined> {
  return database().$transaction(async (tx) => {
    const run = await lockRun(tx, { runId });
    if (isFinished(run.status) || (await waitsStill(tx, run))) return undefined;
    const ended = { finishedAt: new Date(), activity: null };
    if (run.cancelRequestedAt) {
      await settleRun(tx, run, { status: "cancelled", ...ended });
      return undefined;
    }
    if (run.attempt >= MOST_ATTEMPTS) {
      const failure = errorOf(workerDied(run.attempt));
      await settleRun(tx, run, { status: "failed", ...ended, ...failure });
      return undefined;
    }
    if (run.attempt > 0) {
      const message = `The trainer had ended; going on from the newest checkpoint (attempt ${run.attempt + 1}).`;
      await tx.runLogLine.create({ data: { runId, level: "warn", message } });
    }
    return settleRun(tx, run, {
      status: "running",
      attempt: { increment: 1 },
      backend,
      activity: "starting",
      startedAt: run.startedAt ?? new Date(),
      heartbeatAt: new Date(),
    });
  });
}

/** A job that was sent too early has nothing to do: the end of the run that is waited for sends another. */
async function waitsStill(tx: Database, { waitsForId }: TrainingRun): Promise<boolean> {
  if (waitsForId === null) return false;
  return (await tx.trainingRun.findUniqueOrThrow({ where: { id: waitsForId } })).status !== "completed";
}

/** RUN.json as the trainer takes it: the stored hyperparameters, with the places that the run's references stand for. */
async function configurationOf(run: TrainingRun): Promise<RunConfig> {
  const [base, dataset, reward] = await Promise.all([
    database().modelVersion.findUniqueOrThrow({ where: { id: run.baseModelVersionId } }),
    database().datasetVersion.findUniqueOrThrow({ where: { id: run.datasetVersionId } }),
    run.rewardModelVersionId === null
      ? null
      : database().modelVersion.findUniqueOrThrow({ where: { id: run.rewardModelVersionId } }),
  ]);
  const { model, adapter } = await resolveModel(database(), base);
  return checkRunConfig(
    {
      ...(run.configuration as object),
      model,
      ...(adapter === undefined ? {} : { adapter }),
      dataset: dataPath(dataset.folder),
      ...(reward && { rewardModels: [dataPath(reward.artifact)] }),
    },
    `run ${run.number}`,
  );
}

async function endRun(run: TrainingRun, error: unknown, why: { cancelled: boolean; stopping: boolean }): Promise<void> {
  if (why.cancelled)
    return settle(run, { status: "cancelled", finishedAt: new Date(), activity: null, etaSeconds: null });
  if (why.stopping) {
    // An orderly end is no failed attempt.
    await settle(run, {
      status: "queued",
      attempt: { decrement: 1 },
      activity: "waiting for the trainer to come back",
      etaSeconds: null,
    });
    throw error;
  }
  if (isRetryable(error)) throw error;
  const failure = describeJobFailure(error);
  // What was to be kept is still there: a person decides anew.
  const status = isPaused(error) || run.stopAtCheckpoint ? "paused" : "failed";
  await database().runLogLine.create({
    data: { runId: run.id, level: status === "paused" ? "warn" : "error", message: failure.message },
  });
  await settle(run, {
    status,
    stopAtCheckpoint: false,
    finishedAt: new Date(),
    activity: null,
    etaSeconds: null,
    ...errorOf(failure),
  });
}

const isPaused = (error: unknown): boolean => isDomainError(error) && error.code === "run-paused";

const errorOf = (failure: Failure) => ({
  errorCode: failure.code,
  errorMessage: failure.message,
  errorHint: failure.hint,
});

async function settle(run: TrainingRun, data: Prisma.TrainingRunUncheckedUpdateInput): Promise<void> {
  await database().$transaction((tx) => settleRun(tx, run, data));
}
