import { isDomainError } from "@/domain/errors";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import { withoutRetiredKeys } from "@/domain/runs/retired-keys";
import type { RunConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunOutput } from "@/domain/runs/run-events";
import type { TrainingRun } from "@/generated/prisma/client";
import { database } from "../database/client";
import { errorOf, performJob } from "../jobs/perform-job";
import { train as trainQueue } from "../jobs/queues/train";
import { logger } from "../logger";
import { resolveModel } from "../models/resolve-model";
import { dataPath } from "../storage/data-folder";
import { completeRun } from "./complete-run";
import { RunProgress } from "./run-progress";
import { settleRun } from "./settle-run";
import { removeSpareCheckpoints } from "./spare-checkpoints";

/** The time that a run may be silent (fetching a model, one long step) before it is looked at whether it is to end. */
const LOOK_EVERY_MILLISECONDS = 1000;

/** The trainer, as the worker hands it in: `runTraining` of trainer/run-training.ts. */
export type Train = (
  config: RunConfig,
  options: {
    outputDir: string;
    resume: boolean;
    /** True where the result is to be made of the newest checkpoint, without another step. */
    finishNow: boolean;
    signal: AbortSignal;
    onEvent: (event: RunEvent) => Promise<void>;
  },
) => Promise<RunOutput>;

/**
 * Carries a queued run out: trains, keeps its rows current, and ends it as completed, failed, cancelled or paused.
 * Resolves when the run has ended.
 * @throws when the job is to be taken up again: the process is stopping (`signal`), or the database was out of reach
 */
export async function performRun(
  runId: string,
  { train, backend, signal }: { train: Train; backend: string; signal: AbortSignal },
): Promise<void> {
  const progress = new RunProgress(runId);
  const performed = await performJob(trainQueue, runId, signal, {
    lookEveryMilliseconds: LOOK_EVERY_MILLISECONDS,
    begin: async (tx, run) => {
      if (run.attempt > 0) {
        const message = `The trainer had ended; the run continues from its newest checkpoint (attempt ${run.attempt + 1}).`;
        await tx.runLogLine.create({ data: { runId, level: "warn", message } });
      }
      await tx.trainingRun.update({ where: { id: runId }, data: { backend } });
      return {};
    },
    work: async ({ row: run, signal: stop, cancel }) => {
      try {
        const { config, notices } = await configurationOf(run);
        for (const message of notices) await progress.record({ type: "notice", level: "warn", message });
        const output = await train(config, {
          outputDir: dataPath(run.folder),
          resume: true,
          finishNow: run.stopAtCheckpoint,
          signal: stop,
          onEvent: async (event) => {
            await progress.record(event);
            if (progress.cancelRequested) cancel();
          },
        });
        await progress.write();
        await completeRun(run, output);
      } catch (error) {
        await progress.write();
        throw error;
      }
      return undefined; // completing has ended the row
    },
    fail: async (run, error, failure) => {
      if (!isPaused(error)) logger.error({ err: error, runId }, `run ${run.number} failed`);
      // The checkpoint that was to be kept is still there, so a person decides anew.
      const status = isPaused(error) || run.stopAtCheckpoint ? "paused" : "failed";
      const level = status === "paused" ? "warn" : "error";
      const ended = { finishedAt: new Date(), activity: null, etaSeconds: null, stopAtCheckpoint: false };
      await database().$transaction(async (tx) => {
        await tx.runLogLine.create({ data: { runId, level, message: failure.message } });
        await settleRun(tx, run, { status, ...ended, ...errorOf(failure) });
      });
    },
  });
  if (!performed) return;
  // The run has ended and is on record; the next clean-up removes what could not be removed now.
  await removeSpareCheckpoints(runId).catch((err) => logger.warn({ err, runId }, "spare checkpoints not removed"));
}

/**
 * Makes RUN.json as the trainer takes it: the stored hyperparameters, with the places that the run's references stand
 * for. Keys that an earlier version stored and that there are no more are passed over, and the log says so.
 */
async function configurationOf(run: TrainingRun): Promise<{ config: RunConfig; notices: string[] }> {
  const [base, dataset, reward] = await Promise.all([
    database().modelVersion.findUniqueOrThrow({ where: { id: run.baseModelVersionId } }),
    database().datasetVersion.findUniqueOrThrow({ where: { id: run.datasetVersionId } }),
    run.rewardModelVersionId === null
      ? null
      : database().modelVersion.findUniqueOrThrow({ where: { id: run.rewardModelVersionId } }),
  ]);
  const { model, adapter } = await resolveModel(database(), base);
  const { configuration, notices } = withoutRetiredKeys(run.configuration as object);
  const config = checkRunConfig(
    {
      ...configuration,
      model,
      ...(adapter === undefined ? {} : { adapter }),
      dataset: dataPath(dataset.folder),
      ...(reward && { rewardModels: [dataPath(reward.artifact)] }),
    },
    `run ${run.number}`,
  );
  return { config, notices };
}

const isPaused = (error: unknown): boolean => isDomainError(error) && error.code === "run-paused";
