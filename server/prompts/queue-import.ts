import type { Transaction } from "../database/client";
import { importFile } from "../jobs/queues/import";
import { preview } from "../jobs/queues/preview";
import { sendJob } from "../jobs/send-job";

const PHASES = {
  preview: { queue: preview, activity: "waiting to be looked at" },
  import: { queue: importFile, activity: "waiting for its turn" },
} as const;

/** Sends an upload, whose row is locked, into a phase from its beginning, with nothing left of an earlier attempt. */
export async function queueImport(tx: Transaction, importId: string, phase: keyof typeof PHASES): Promise<void> {
  const { queue, activity } = PHASES[phase];
  await tx.promptImport.update({
    where: { id: importId },
    data: {
      phase,
      attempt: 0,
      startedAt: null,
      finishedAt: null,
      errorCode: null,
      errorMessage: null,
      errorHint: null,
      doneRows: 0,
      doneBytes: 0,
    },
  });
  await queue.settle(tx, importId, { status: "queued", activity });
  await sendJob(tx, phase, { id: importId });
}
