import type { PgBoss } from "pg-boss";
import { database } from "../database/client";
import { logger } from "../logger";
import { ANSWERER_ENDED } from "./failures";
import type { JobData, QueueName, WorkerRole } from "./queues";
import { sendJob } from "./send-job";

/** The rows of a queue that are not finished. */
async function openRows(queue: QueueName): Promise<JobData[]> {
  const unfinished = { status: { in: ["queued" as const, "running" as const] } };
  if (queue === "train") {
    // A run that waits for another one gets its job when that one completes.
    const OR = [{ waitsForId: null }, { waitsFor: { status: "completed" as const } }];
    return database().trainingRun.findMany({ where: { ...unfinished, OR }, select: { id: true } });
  }
  if (queue === "evaluate") return database().evaluation.findMany({ where: unfinished, select: { id: true } });
  if (queue === "score") return database().scoring.findMany({ where: unfinished, select: { id: true } });
  if (queue === "export") return database().modelExport.findMany({ where: unfinished, select: { id: true } });
  const purpose = queue === "playground" ? ("playground" as const) : { not: "playground" as const };
  return database().generation.findMany({ where: { ...unfinished, purpose }, select: { id: true } });
}

const QUEUES_OF: Record<WorkerRole, QueueName[]> = {
  training: ["train"],
  generation: ["generate", "evaluate", "score", "export", "playground"],
};

/**
 * Puts right what a killed worker left behind. To be called by the holder of the role's lock before it takes jobs: a job
 * that is still active then has nobody working on it and goes back into its queue (the playground's fails, for nobody
 * waits any more); a row whose job is gone gets a new one.
 */
export async function recoverJobs(boss: PgBoss, role: WorkerRole): Promise<void> {
  for (const queue of QUEUES_OF[role]) {
    for (const data of await openRows(queue)) {
      const jobs = await boss.findJobs(queue, { data });
      const active = jobs.filter(({ state }) => state === "active");
      for (const { id } of active) await boss.fail(queue, id, { message: "the worker ended during the job" });
      if (queue === "playground") {
        if (active.length > 0 || jobs.every(({ state }) => state !== "created")) await failPlayground(data);
        continue;
      }
      if (active.length > 0) logger.warn({ queue, ...data }, "took up a job that a worker left behind");
      const alive = await boss.findJobs(queue, { data });
      if (!alive.some(({ state }) => ["created", "retry", "active"].includes(state))) {
        logger.warn({ queue, ...data }, "sent a job that was lost");
        await sendJob(database(), queue, data);
      }
    }
  }
}

async function failPlayground({ id }: JobData): Promise<void> {
  await database().generation.updateMany({
    where: { id, status: { in: ["queued", "running"] } },
    data: {
      status: "failed",
      finishedAt: new Date(),
      activity: null,
      errorCode: ANSWERER_ENDED.code,
      errorMessage: ANSWERER_ENDED.message,
      errorHint: ANSWERER_ENDED.hint,
    },
  });
}
