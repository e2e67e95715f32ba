import { DomainError } from "@/domain/errors";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { sendJob } from "../jobs/send-job";
import { lockRun } from "./run-row";
import { settleRun } from "./settle-run";
import { surveyCheckpoints } from "./spare-checkpoints";

/**
 * Ends a paused run with what it has learned: the trainer makes a model of its newest checkpoint, without another step,
 * which becomes a model version like any other, marked as stopped.
 * @throws DomainError `run-not-paused`, `checkpoint-missing`
 */
export async function stopAtCheckpoint(input: { projectId: string; userId: string; runId: string }) {
  await database().$transaction(async (tx) => {
    const run = await lockRun(tx, input);
    if (run.status !== "paused")
      throw new DomainError(
        "run-not-paused",
        `run ${run.id} is ${run.status}`,
        `The run is ${run.status}; only a paused one can be ended with its checkpoint.`,
      );
    const { all } = await surveyCheckpoints(run.folder, { status: run.status, retention: "all" });
    if (!all.some(({ kind }) => kind === "state"))
      throw new DomainError(
        "checkpoint-missing",
        `run ${run.id} has no checkpoint`,
        "The run has no checkpoint that a model could be made of.",
      );
    await settleRun(tx, run, {
      status: "queued",
      stopAtCheckpoint: true,
      attempt: 0,
      activity: "waiting for the trainer, to make a model of its checkpoint",
      errorCode: null,
      errorMessage: null,
      errorHint: null,
      finishedAt: null,
    });
    const message = "Stopped after the pause; its checkpoint becomes a model version.";
    await tx.runLogLine.create({ data: { runId: run.id, level: "info", message } });
    await sendJob(tx, "train", { id: run.id });
    await recordAudit(tx, {
      actorId: input.userId,
      projectId: input.projectId,
      action: "runs.stopAtCheckpoint",
      subject: ["TrainingRun", run.id],
    });
  });
  return { runId: input.runId };
}
