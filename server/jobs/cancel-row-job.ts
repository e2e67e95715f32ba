import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { notify } from "./notify";
import { isJobFinished, type JobRow, type JobTable } from "./row-job";

/**
 * Ends a job: at once where it still waits, else as soon as the trainer looks. Whether the person may is the caller's to
 * know; the row must be of that project.
 * @throws DomainError `NOUN-finished`, and what the table's `lock` throws
 */
export async function cancelRowJob<Row extends JobRow>(
  table: JobTable<Row>,
  row: { id: string; projectId: string },
): Promise<void> {
  await database().$transaction(async (tx) => {
    const { id, status } = await table.lock(tx, row);
    if (isJobFinished(status))
      throw new DomainError(`${table.noun}-finished`, `${id} is ${status}`, "It has ended already.");
    await table.update(tx, id, cancellation(status));
    await notify(tx, table.channel(id), { type: "state" });
  });
}

/** What cancelling writes into the row of a job that has not ended. */
export function cancellation(status: string) {
  const now = new Date();
  return status === "queued"
    ? ({ status: "cancelled", cancelRequestedAt: now, finishedAt: now, activity: null } as const)
    : { cancelRequestedAt: now, activity: "stopping" };
}
