import { readRowBatches } from "@/domain/intake/read-row-batches";
import type { PromptImport } from "@/generated/prisma/client";
import { database } from "../database/client";
import { performJob } from "../jobs/perform-job";
import { preview as queue } from "../jobs/queues/preview";
import { JobCancelled } from "../jobs/stop-reasons";
import { KnownCounter } from "./count-known";
import { RowFinder } from "./found-rows";
import { openImportBytes, removeImportFiles } from "./import-files";
import { hintSchema, READ_LIMITS } from "./import-limits";
import { importProgress } from "./import-progress";
import { type ImportPreview, mappingOf } from "./import-row";
import { inSteps } from "./in-steps";

/**
 * Reads an uploaded file to its end and writes into its row what an import would do; nothing else is written. Where a
 * person changes the mapping meanwhile, the look begins anew.
 * @throws when the job is to be taken up again
 */
export async function performPreview(importId: string, { signal }: { signal: AbortSignal }): Promise<void> {
  await performJob(queue, importId, signal, {
    work: async ({ signal: stop }) => {
      try {
        for (;;) {
          const row = await database().promptImport.findUniqueOrThrow({ where: { id: importId } });
          const found = await look(row, stop);
          if (found && (await keep(row, found))) return undefined;
        }
      } catch (error) {
        if (stop.reason instanceof JobCancelled) await removeImportFiles(importId);
        throw error;
      }
    },
  });
}

/** @returns null where the mapping was changed meanwhile */
async function look(row: PromptImport, stop: AbortSignal): Promise<ImportPreview | null> {
  const source = await openImportBytes(row.id);
  const finder = new RowFinder(mappingOf(row));
  const known = new KnownCounter(row.projectId);
  const progress = importProgress(row.id);
  let container: Parameters<RowFinder["finish"]>[0] = null;
  for await (const batch of readRowBatches(source, READ_LIMITS, hintSchema.parse(row.hint))) {
    container = batch.container;
    for await (const rows of inSteps(batch.rows)) {
      for (const one of rows) known.add(finder.add(one));
      await known.askIfMany();
    }
    stop.throwIfAborted();
    const version = await progress(finder.rowsRead, batch.bytesRead);
    if (version !== null && version !== row.mappingVersion) return null;
  }
  return { ...finder.finish(container), ...(await known.finish()) };
}

/** Writes the findings, unless the mapping was changed after they were made. */
async function keep(row: PromptImport, found: ImportPreview): Promise<boolean> {
  return database().$transaction(async (tx) => {
    const now = await queue.lock(tx, { id: row.id });
    if (now.mappingVersion !== row.mappingVersion) return false;
    const { container, total } = found;
    await tx.promptImport.update({
      where: { id: row.id },
      data: {
        ...{ preview: JSON.parse(JSON.stringify(found)), format: container, rowCount: total },
        ...{ doneBytes: row.sizeBytes, activity: null, status: "ready", attempt: 0 },
      },
    });
    await queue.settle(tx, row.id, {});
    return true;
  });
}
