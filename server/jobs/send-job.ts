import { fromPrisma, type PgBoss } from "pg-boss";
import type { Database } from "../database/client";
import { jobs } from "./boss";
import type { JobData } from "./queue";
import type { QueueName } from "./queues";

/**
 * Puts a job on its queue through `transaction`, so that the row and its job are written together or not at all. The
 * commit wakes the workers.
 */
export async function sendJob(transaction: Database, queue: QueueName, data: JobData): Promise<void> {
  await sendTo(await jobs(), transaction, queue, data);
}

/** Sends through the connection that the caller gives to pg-boss. */
export async function sendTo(boss: PgBoss, transaction: Database, queue: string, data: JobData): Promise<void> {
  if (!(await boss.send(queue, data, { db: fromPrisma(transaction) })))
    throw new Error(`the queue ${queue} did not take a job`);
}
