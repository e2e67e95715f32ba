import { DomainError } from "@/domain/errors";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { cancellation } from "../jobs/cancel-row-job";
import { notify, runChannel } from "../jobs/notify";
import { isFinished, lockRun } from "./run-row";

/**
 * Ends a run: at once where it still waits, else as soon as the trainer looks (between two steps).
 * @throws DomainError `run-finished`
 */
export async function cancelRun(input: { projectId: string; userId: string; runId: string }) {
  await database().$transaction(async (tx) => {
    const run = await lockRun(tx, input);
    if (isFinished(run.status))
      throw new DomainError("run-finished", `run ${run.id} is ${run.status}`, `The run is ${run.status} already.`);
    await tx.trainingRun.update({ where: { id: run.id }, data: cancellation(run.status) });
    await recordAudit(tx, {
      actorId: input.userId,
      projectId: input.projectId,
      action: "runs.cancel",
      subject: ["TrainingRun", run.id],
    });
    await notify(tx, runChannel(run.id), { type: "state" });
  });
  return { runId: input.runId };
}
