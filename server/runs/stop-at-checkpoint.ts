import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { listEndedWith } from "./end-waiting-runs";
import { requeueRun } from "./requeue-run";
import { lockRun } from "./run-row";
import { surveyCheckpoints } from "./spare-checkpoints";

const STANDS_STILL: ReadonlySet<string> = new Set(["paused", "cancelled", "failed"]);

/**
 * Ends a paused, cancelled or failed run with what it has learned: the trainer makes a model of its newest checkpoint,
 * without another step, which becomes a model version like any other, marked as stopped. Runs that the run's end had
 * ended wait for that model again.
 * @throws DomainError `run-not-stopped`, `checkpoint-missing`
 */
export async function stopAtCheckpoint(input: { actor: ProjectActor; runId: string }) {
  const { projectId, userId } = requireAdmin(input.actor);

  await database().$transaction(async (tx) => {
    const run = await lockRun(tx, { projectId, runId: input.runId });
    if (!STANDS_STILL.has(run.status))
      throw new DomainError(
        "run-not-stopped",
        `run ${run.id} is ${run.status}`,
        `The run is ${run.status}. Only a paused, cancelled or failed run can end with its checkpoint.`,
      );
    const { all } = await surveyCheckpoints(run.folder, { status: run.status, retention: "all" });
    if (!all.some(({ kind }) => kind === "state"))
      throw new DomainError(
        "checkpoint-missing",
        `run ${run.id} has no checkpoint`,
        "The run has no checkpoint to make a model of.",
      );
    await requeueRun(tx, run, { userId, stopAtCheckpoint: true });
    for (const other of await listEndedWith(tx, run)) await requeueRun(tx, other, { userId, awaited: run });
  });
  return { runId: input.runId };
}
