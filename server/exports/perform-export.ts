import { rm } from "node:fs/promises";
import type { WriteExport } from "@/domain/models/write-export";
import { database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { performJob } from "../jobs/perform-job";
import { exportModel } from "../jobs/queues/export";
import { resolveModel } from "../models/resolve-model";
import { traceLineage } from "../models/trace-lineage";
import { exportFiles, exportFolder } from "./export-row";

const PROGRESS_EVERY_MILLISECONDS = 500;

/**
 * Writes the export that was asked for into its folder. After an interruption the remains of the earlier attempt are
 * removed first, and an export that fails or is cancelled leaves nothing.
 * @throws when the job is to be taken up again
 */
export async function performExport(
  exportId: string,
  { writeExport, signal }: { writeExport: WriteExport; signal: AbortSignal },
): Promise<void> {
  await performJob(exportModel, exportId, signal, {
    work: async ({ row, signal: stop, say }) => {
      const version = await database().modelVersion.findUniqueOrThrow({
        where: { id: row.modelVersionId },
        include: { project: { select: { name: true } } },
      });
      const model = await resolveModel(database(), version);
      const clear = () => rm(exportFolder(exportId), { recursive: true, force: true });
      await clear();
      const progress = keepProgress(exportId);
      try {
        await writeExport({
          model,
          format: row.format,
          type: row.weightType,
          title: `${version.project.name}: ${version.name}`,
          lineage: (await traceLineage(version.id)).map(describeEntry),
          to: exportFiles(exportId),
          signal: stop,
          onProgress: ({ message, ...bytes }) => {
            say(message);
            progress.show(bytes);
          },
        });
        stop.throwIfAborted();
      } catch (error) {
        await clear();
        throw error;
      } finally {
        await progress.end();
      }
      return { status: "completed", finishedAt: new Date(), activity: null };
    },
  });
}

type LineageEntry = Awaited<ReturnType<typeof traceLineage>>[number];

/** People stay unnamed, because an export leaves the instance. */
function describeEntry({ model, run }: LineageEntry): string {
  if (!run) return `${model.name}: imported base`;
  const { labelCount, annotatorCount, datasetVersion, method, number, rewardModel, stoppedAt } = run;
  const labels = `${labelCount} ${labelCount === 1 ? "label" : "labels"}`;
  const people = `${annotatorCount} ${annotatorCount === 1 ? "person" : "people"}`;
  const learned = `dataset version ${datasetVersion.version}, which holds ${labels} of ${people}`;
  const stopped = stoppedAt ? `, stopped at step ${stoppedAt.step} of ${stoppedAt.totalSteps ?? "unknown"},` : "";
  const scored = rewardModel ? `; scored by ${rewardModel.name}` : "";
  return `${model.name}: run ${number} (${method})${stopped} on ${learned}${scored}`;
}

/**
 * Writes the progress into the row now and then only: a tensor may take a millisecond, and a write to the database
 * more.
 */
function keepProgress(exportId: string) {
  let written = Promise.resolve();
  let last = 0;
  const write = async (bytes: number, totalBytes: number) => {
    const data = { doneBytes: BigInt(bytes), totalBytes: BigInt(totalBytes) };
    await database().modelExport.update({ where: { id: exportId }, data });
    await notify(database(), jobChannel("export", exportId), { type: "state" });
  };
  let failure: unknown;
  return {
    show({ bytes, totalBytes }: { bytes?: number; totalBytes?: number }) {
      if (bytes === undefined || totalBytes === undefined) return;
      if (bytes < totalBytes && Date.now() - last < PROGRESS_EVERY_MILLISECONDS) return;
      last = Date.now();
      written = written
        .then(() => write(bytes, totalBytes))
        .catch((error) => {
          failure = error;
        });
    },
    async end() {
      await written;
      if (failure) throw failure;
    },
  };
}
