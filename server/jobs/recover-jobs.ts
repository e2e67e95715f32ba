import type { PgBoss } from "pg-boss";
import { database } from "../database/client";
import { logger } from "../logger";
import { deathOf, errorOf, settleIfCancelled } from "./perform-job";
import type { AnyQueue, JobData, WorkerRole } from "./queue";
import { QUEUES } from "./queues";
import { sendTo } from "./send-job";

/**
 * Puts right what a killed worker left behind. The holder of the role's lock calls this before it takes jobs. A job
 * that is still active then has nobody working on it: it goes back into its queue, or fails where nobody waits for it
 * any more. A row whose job is gone gets a new one.
 */
export async function recoverJobs(boss: PgBoss, role: WorkerRole, queues: readonly AnyQueue[] = QUEUES): Promise<void> {
  for (const queue of queues.filter((one) => one.role === role)) {
    for (const data of await queue.openRows()) {
      const jobs = await boss.findJobs(queue.name, { data });
      const active = jobs.filter(({ state }) => state === "active");
      for (const { id } of active) await boss.fail(queue.name, id, { message: "the worker ended during the job" });
      if (active.length > 0 && (await settleIfCancelled(queue, data.id))) continue; // its retry finds nothing to do
      if (queue.whenWorkerDies !== "again") {
        if (active.length > 0 || jobs.every(({ state }) => state !== "created")) await failRow(queue, data);
        continue;
      }
      if (active.length > 0) logger.warn({ queue: queue.name, ...data }, "took up a job that a worker left behind");
      const alive = await boss.findJobs(queue.name, { data });
      if (!alive.some(({ state }) => ["created", "retry", "active"].includes(state))) {
        logger.warn({ queue: queue.name, ...data }, "sent a job that was lost");
        await sendTo(boss, database(), queue.name, data);
      }
    }
  }
}

async function failRow(queue: AnyQueue, { id }: JobData): Promise<void> {
  await database().$transaction(async (tx) => {
    const row = await queue.lock(tx, { id });
    if (queue.isAtRest(row.status)) return;
    const ended = { finishedAt: new Date(), activity: null };
    await queue.settle(tx, id, { status: "failed", ...ended, ...errorOf(deathOf(queue)) });
  });
}
