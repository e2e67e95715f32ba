import { readRowBatches } from "@/domain/intake/read-row-batches";
import type { PromptImport } from "@/generated/prisma/client";
import { recordAudit } from "../access/record-audit";
import { database, type Transaction } from "../database/client";
import { performJob } from "../jobs/perform-job";
import { importFile as queue } from "../jobs/queues/import";
import { JobCancelled } from "../jobs/stop-reasons";
import { openImportBytes, removeImportFiles } from "./import-files";
import { hintSchema, READ_LIMITS } from "./import-limits";
import { importProgress } from "./import-progress";
import { ImportRefused } from "./import-refused";
import { mappingOf } from "./import-row";
import { ImportWriter } from "./import-writer";
import { inSteps } from "./in-steps";
import { takeRow, toIssue } from "./taken-row";

/** The first half of the key of the lock that lets imports into one project follow one another ("impo" in ASCII). */
const LOCK_CLASS = 0x696d706f;
/** A day, as pg-boss gives a job at most. */
const LONGEST_MILLISECONDS = 86_400_000;

/**
 * Takes an uploaded file in, in one transaction: nobody sees a part of it, and a cancelled, failed or killed import leaves
 * nothing. The next attempt begins at the first row.
 * @param onProgress for tests: called with the number of rows read, inside the transaction
 * @throws when the job is to be taken up again
 */
export async function performImport(
  importId: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (rows: number) => void | Promise<void> },
): Promise<void> {
  await performJob(queue, importId, signal, {
    work: async ({ signal: stop }) => {
      const row = await database().promptImport.findUniqueOrThrow({ where: { id: importId } });
      try {
        await database().$transaction(
          async (tx) => {
            const { rows, ...counts } = await takeIn(tx, row, stop, onProgress);
            await recordImport(tx, row, counts);
            const end = { status: "completed" as const, finishedAt: new Date(), activity: null };
            await tx.promptImport.update({
              where: { id: row.id },
              data: { ...counts.columns, doneRows: rows, doneBytes: row.sizeBytes },
            });
            await queue.settle(tx, row.id, end);
          },
          { timeout: LONGEST_MILLISECONDS },
        );
      } catch (error) {
        if (stop.reason instanceof JobCancelled) await removeImportFiles(importId);
        throw error;
      }
      // What was taken in lies in the database now, and the report as well.
      await removeImportFiles(importId);
      return undefined;
    },
  });
}

async function takeIn(
  tx: Transaction,
  row: PromptImport,
  stop: AbortSignal,
  onProgress: ((rows: number) => void | Promise<void>) | undefined,
) {
  // A second import into the project waits here, and finds the prompts and answers of the first.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK_CLASS}::int, hashtext(${row.projectId}))`;
  const source = await openImportBytes(row.id);
  const mapping = mappingOf(row);
  const progress = importProgress(row.id);
  const writer = new ImportWriter(tx, row);
  let rows = 0;
  try {
    for await (const batch of readRowBatches(source, READ_LIMITS, hintSchema.parse(row.hint))) {
      for await (const step of inSteps(batch.rows)) {
        for (const one of step) {
          rows += 1;
          const taken = takeRow(one, mapping);
          if (taken.kind === "taken") writer.addPrompts(taken.prompts);
          else if (taken.kind === "fault") {
            const issue = toIssue({ ...taken.problem, place: taken.place });
            // The look at the file has found every fault; only a file that was exchanged on the disk comes here.
            if (!row.leaveOut) throw new ImportRefused(row.fileName, [issue]);
            writer.addIssue(issue);
          }
        }
        await writer.writeIfMany();
        stop.throwIfAborted();
      }
      await onProgress?.(rows);
      await progress(rows, batch.bytesRead);
    }
    await writer.finish();
    stop.throwIfAborted();
  } finally {
    await writer.rest(); // the transaction must not end under a statement
  }
  return { rows, columns: writer.columns, leftOut: writer.leftOut };
}

async function recordImport(
  tx: Transaction,
  { id, projectId, createdById, fileName }: PromptImport,
  { columns, leftOut }: { columns: ImportWriter["columns"]; leftOut: number },
): Promise<void> {
  const parts = [
    `${columns.acceptedCount} new`,
    `${columns.duplicateCount} known`,
    columns.labelCount > 0 && `${columns.labelCount} labels`,
    columns.taskCount > 0 && `${columns.taskCount} open tasks`,
    leftOut > 0 && `${leftOut} left out`,
  ];
  await recordAudit(tx, {
    ...{ actorId: createdById, projectId, action: "prompts.import", subject: ["PromptImport", id] },
    detail: `${fileName}: ${parts.filter(Boolean).join(", ")}`,
  });
}
