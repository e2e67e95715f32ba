import { DomainError } from "@/domain/errors";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { notify, runChannel } from "../jobs/notify";
import { sendJob } from "../jobs/send-job";
import { lockRun } from "./run-row";

/**
 * Puts a failed or cancelled run into the queue again, with the same configuration and dataset version. It goes on from
 * its newest checkpoint where there is one.
 * @throws DomainError `run-not-retryable`
 */
export async function retryRun(input: { projectId: string; userId: string; runId: string }) {
  await database().$transaction(async (tx) => {
    const run = await lockRun(tx, input);
    if (run.status !== "failed" && run.status !== "cancelled")
      throw new DomainError(
        "run-not-retryable",
        `run ${run.id} is ${run.status}`,
        `The run is ${run.status}; only a failed or cancelled one can be tried again.`,
      );
    await tx.trainingRun.update({
      where: { id: run.id },
      data: {
        status: "queued",
        attempt: 0,
        activity: "waiting for the trainer",
        errorCode: null,
        errorMessage: null,
        errorHint: null,
        etaSeconds: null,
        finishedAt: null,
        cancelRequestedAt: null,
      },
    });
    await tx.runLogLine.create({ data: { runId: run.id, level: "info", message: "Tried again." } });
    await sendJob(tx, "train", { id: run.id });
    await recordAudit(tx, {
      actorId: input.userId,
      projectId: input.projectId,
      action: "runs.retry",
      subject: ["TrainingRun", run.id],
    });
    await notify(tx, runChannel(run.id), { type: "read-again" });
  });
  return { runId: input.runId };
}
