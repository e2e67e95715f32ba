import { readRowBatches } from "@/domain/intake/read-row-batches";
import type { PromptImport } from "@/generated/prisma/client";
import { database } from "../database/client";
import { performJob } from "../jobs/perform-job";
import { preview as queue } from "../jobs/queues/preview";
import { JobCancelled } from "../jobs/stop-reasons";
import { RowFinder } from "./found-rows";
import { openImportBytes, removeImportFiles } from "./import-files";
import { hintSchema, READ_LIMITS } from "./import-limits";
import { importProgress } from "./import-progress";
import { type ImportPreview, mappingOf } from "./import-row";
import { inSteps } from "./in-steps";

/** The number of new hashes after which the project is asked which of them it has. */
const ASKED_AT_ONCE = 2_000;

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
  const present = countPresent(row.projectId);
  const progress = importProgress(row.id);
  let container: Parameters<RowFinder["finish"]>[0] = null;
  for await (const batch of readRowBatches(source, READ_LIMITS, hintSchema.parse(row.hint))) {
    container = batch.container;
    for await (const rows of inSteps(batch.rows)) {
      for (const one of rows) present.add(finder.add(one));
      await present.askIfMany();
    }
    stop.throwIfAborted();
    const version = await progress(finder.rowsRead, batch.bytesRead);
    if (version !== null && version !== row.mappingVersion) return null;
  }
  return { ...finder.finish(container), alreadyPresent: await present.total() };
}

/** Counts the prompts that the project has already, some thousands at a time. */
function countPresent(projectId: string) {
  let waiting: string[] = [];
  let count = 0;
  const ask = async () => {
    const [answer] = await database().$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS "count" FROM "Prompt"
      WHERE "projectId" = ${projectId}::uuid AND "textHash" = ANY(${waiting}::text[])`;
    count += answer?.count ?? 0;
    waiting = [];
  };
  return {
    add: (hashes: readonly string[]) => void waiting.push(...hashes),
    askIfMany: async () => {
      if (waiting.length >= ASKED_AT_ONCE) await ask();
    },
    total: async () => {
      if (waiting.length > 0) await ask();
      return count;
    },
  };
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
