import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database, type Transaction } from "../database/client";
import type { JobQueue, JobRow } from "./queue";

/**
 * Ends a job: at once where it still waits or rests, else as soon as the trainer looks. What the job has written stays.
 * Only an admin of the row's project may end it.
 * @param also what else is written in the same transaction, given the row as it was before
 * @throws DomainError `admin-forbidden`, `NOUN-finished`, and what the queue's `lock` throws
 */
export async function cancelJob<Row extends JobRow>(
  queue: JobQueue<Row>,
  actor: ProjectActor,
  id: string,
  also?: (tx: Transaction, row: Row) => Promise<void>,
): Promise<void> {
  const { projectId } = requireAdmin(actor);
  await database().$transaction(async (tx) => {
    const row = await queue.lock(tx, { id, projectId });
    const { status } = row;
    if (!queue.canBeCancelled(status))
      throw new DomainError(`${queue.noun}-finished`, `${id} is ${status}`, "This work has already ended.");
    const now = new Date();
    const isWorkedOn = status !== "queued" && !queue.isAtRest(status);
    await queue.settle(
      tx,
      id,
      isWorkedOn
        ? { cancelRequestedAt: now, activity: "stopping" }
        : { status: "cancelled", cancelRequestedAt: now, finishedAt: now, activity: null },
    );
    await also?.(tx, row);
  });
}
