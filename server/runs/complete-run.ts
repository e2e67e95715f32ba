import path from "node:path";
import { nameOfMethod, stepWordOf } from "@/domain/runs/method-words";
import { asMethod, methodOf } from "@/domain/runs/methods";
import type { RunOutput } from "@/domain/runs/run-events";
import type { TrainingRun } from "@/generated/prisma/client";
import { database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { listFiles } from "../models/model-files";
import { dataPath } from "../storage/data-folder";
import { lockRun } from "./run-row";
import { startWaitingRuns } from "./waiting-runs";

/**
 * Registers what a run made as a model version, with its lineage, ends the run, and lets the runs that waited for it go
 * on, all in one transaction.
 */
export async function completeRun(run: TrainingRun, output: RunOutput): Promise<void> {
  const sizes = (await listFiles(output.path)).map(({ sizeBytes }) => sizeBytes);
  const artifact = path.relative(dataPath(), output.path);
  await database().$transaction(async (tx) => {
    const held = await lockRun(tx, { runId: run.id });
    const model = await tx.modelVersion.create({
      data: {
        projectId: run.projectId,
        name: nameOf(held),
        kind: methodOf(asMethod(run.method)).makes,
        artifactKind: output.kind,
        artifact,
        sizeBytes: BigInt(sizes.reduce((sum, size) => sum + size, 0)),
        parentId: run.baseModelVersionId,
        trainingRunId: run.id,
      },
    });
    await tx.trainingRun.update({
      where: { id: run.id },
      data: { status: "completed", finishedAt: new Date(), activity: null, etaSeconds: 0 },
    });
    await tx.runLogLine.create({
      data: { runId: run.id, level: "info", message: `The run made the model ${model.name}.` },
    });
    await startWaitingRuns(tx, held, model);
    await notify(tx, jobChannel("run", run.id), { type: "read-again" });
  });
}

/** A model that was stopped before its last step says so wherever it is named. */
function nameOf({ method, number, stopAtCheckpoint, step }: TrainingRun): string {
  const name = `${nameOfMethod(method)} run ${number}`;
  return stopAtCheckpoint ? `${name}, stopped at ${stepWordOf(method)} ${step}` : name;
}
