import { DomainError } from "@/domain/errors";
import type { TrainingRun } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { type Database, database } from "../database/client";
import { listEndedWith } from "./end-waiting-runs";
import { requeueRun } from "./requeue-run";
import { lockRun } from "./run-row";

const CAN_GO_ON: ReadonlySet<string> = new Set(["failed", "cancelled", "paused"]);

/**
 * Puts a failed, cancelled or paused run into the queue again, with the same configuration and dataset version. It goes
 * on from its newest checkpoint where there is one; what it was paused for does not pause it again. Runs that its end
 * had ended wait for it again; where it waits for a run that ended without a model, that run is queued again too. A run
 * that meets its reward model only now is paused where that model is in doubt.
 * @throws DomainError `run-not-retryable`
 */
export async function retryRun({ actor, runId }: { actor: ProjectActor; runId: string }) {
  const { projectId, userId } = requireAdmin(actor);
  const place = { projectId, runId };
  await database().$transaction(async (tx) => {
    const awaited = await lockAwaited(tx, place); // the awaited run is locked first, as everywhere
    const run = await lockRun(tx, place);
    if (!CAN_GO_ON.has(run.status))
      throw new DomainError(
        "run-not-retryable",
        `run ${run.id} is ${run.status}`,
        `The run is ${run.status}. Only a failed, cancelled or paused run can be run again.`,
      );
    const alongside = awaited !== null && isGivenUp(awaited);
    if (alongside) await requeueRun(tx, awaited, { userId });
    await requeueRun(tx, run, { userId, awaited });
    for (const other of await listEndedWith(tx, alongside ? awaited : run))
      if (other.id !== run.id) await requeueRun(tx, other, { userId, awaited: alongside ? awaited : run });
  });
  return { runId };
}

const isGivenUp = ({ status }: TrainingRun) => status === "failed" || status === "cancelled";

/** Finds the run that this one waits for, or waited for. */
async function lockAwaited(tx: Database, { projectId, runId }: { projectId: string; runId: string }) {
  const run = await tx.trainingRun.findFirst({ where: { id: runId, projectId }, select: { waitsForId: true } });
  return run?.waitsForId ? lockRun(tx, { projectId, runId: run.waitsForId }) : null;
}
