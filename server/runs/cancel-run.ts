import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { cancelJob } from "../jobs/cancel-job";
import { train } from "../jobs/queues/train";

/**
 * Ends a run: at once where it still waits or is paused, else as soon as the trainer looks (between two steps). A
 * paused run's newest checkpoints stay as long as the project keeps those of an ended run, so that the run can still be
 * tried again. Runs that wait for this one end with it; a run that waits leaves alone the run that it waits for.
 * @throws DomainError `run-finished`
 */
export async function cancelRun({ actor, runId }: { actor: ProjectActor; runId: string }) {
  const { projectId, userId } = requireAdmin(actor);
  await cancelJob(train, actor, runId, async (tx, run) => {
    if (run.status === "paused")
      await tx.runLogLine.create({ data: { runId, level: "info", message: "The run was stopped after the pause." } });
    await recordAudit(tx, { actorId: userId, projectId, action: "runs.cancel", subject: ["TrainingRun", runId] });
  });
  return { runId };
}
