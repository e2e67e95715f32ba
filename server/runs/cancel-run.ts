import { DomainError } from "@/domain/errors";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { cancellation } from "../jobs/cancel-row-job";
import { isFinished, lockRun } from "./run-row";
import { settleRun } from "./settle-run";

/**
 * Ends a run: at once where it still waits or is paused, else as soon as the trainer looks (between two steps). Of a
 * paused one the newest checkpoints stay as long as the project keeps those of an ended run, so it can still be tried
 * again. What waits for the run ends with it; one that waits leaves alone the run that it waits for.
 * @throws DomainError `run-finished`
 */
export async function cancelRun(input: { projectId: string; userId: string; runId: string }) {
  await database().$transaction(async (tx) => {
    const run = await lockRun(tx, input);
    if (isFinished(run.status) && run.status !== "paused")
      throw new DomainError("run-finished", `run ${run.id} is ${run.status}`, `The run is ${run.status} already.`);
    // A paused one is in no worker's hands: it ends at once, as one that waits.
    const data = cancellation(run.status === "paused" ? "queued" : run.status);
    await settleRun(tx, run, data);
    if (run.status === "paused")
      await tx.runLogLine.create({ data: { runId: run.id, level: "info", message: "Stopped after the pause." } });
    await recordAudit(tx, {
      actorId: input.userId,
      projectId: input.projectId,
      action: "runs.cancel",
      subject: ["TrainingRun", run.id],
    });
  });
  return { runId: input.runId };
}
