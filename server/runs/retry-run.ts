import { DomainError } from "@/domain/errors";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { notify, runChannel } from "../jobs/notify";
import { sendJob } from "../jobs/send-job";
import { lockRun } from "./run-row";

const CAN_GO_ON: ReadonlySet<string> = new Set(["failed", "cancelled", "paused"]);

/**
 * Puts a failed, cancelled or paused run into the queue again, with the same configuration and dataset version. It goes
 * on from its newest checkpoint where there is one; what it was paused for does not pause it again.
 * @throws DomainError `run-not-retryable`
 */
export async function retryRun(input: { projectId: string; userId: string; runId: string }) {
  await database().$transaction(async (tx) => {
    const run = await lockRun(tx, input);
    if (!CAN_GO_ON.has(run.status))
      throw new DomainError(
        "run-not-retryable",
        `run ${run.id} is ${run.status}`,
        `The run is ${run.status}; only a failed, cancelled or paused one can be tried again.`,
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
    await tx.runLogLine.create({
      data: {
        runId: run.id,
        level: "info",
        message: run.status === "paused" ? "Goes on after the pause." : "Tried again.",
      },
    });
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
