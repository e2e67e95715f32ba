import type { PgBoss } from "pg-boss";
import { logger } from "../logger";
import { startBoss } from "./boss";
import type { AboutWorker } from "./job-process";
import { takeProcessLock } from "./process-lock";
import type { JobData, WorkerRole } from "./queue";
import type { QueueOfRole } from "./queues";
import { recoverJobs } from "./recover-jobs";
import { WorkerStopping } from "./stop-reasons";
import { registerWorker } from "./worker-process";

/** pg-boss polls this often where a wake-up was missed. */
const POLL_SECONDS = 1;
/** The time for a step or a token to end and for its state to be kept. */
const GRACE_MILLISECONDS = 8000;

export interface JobHandler {
  /** The number of the queue's jobs that this process works on side by side. */
  atOnce: number;
  /** Resolves when the row has ended; throws when the job is to be taken up again. */
  perform: (id: string, signal: AbortSignal) => Promise<void>;
}
/** The handlers of a role: one for each of its queues. */
export type JobHandlers<Role extends WorkerRole> = Record<QueueOfRole<Role>, JobHandler>;

/**
 * Runs a worker's life: it waits to be the only one of its role, puts right what a dead one left behind, takes jobs
 * until `signal` aborts, and hands unfinished ones back.
 * @returns when everything is handed back
 * @throws when the lock was lost; the process is to be started anew
 */
export async function serve<Role extends WorkerRole>(
  role: Role,
  handlers: JobHandlers<Role>,
  about: AboutWorker,
  signal: AbortSignal,
): Promise<void> {
  const lock = await takeProcessLock(role, signal);
  if (!lock) return;
  const stopping = new AbortController();
  let boss: PgBoss | undefined;
  let unregister: (() => Promise<void>) | undefined;
  try {
    boss = await startBoss({ works: true });
    await recoverJobs(boss, role);
    unregister = await registerWorker(role, about);
    for (const [queue, handler] of Object.entries<JobHandler>(handlers))
      await take(boss, queue, handler, stopping.signal);
    logger.info({ role, ...about }, `${role} worker is ready (${about.detail})`);
    await aborted(signal, lock.lost);
  } finally {
    stopping.abort(new WorkerStopping());
    if (!lock.lost.aborted) {
      await boss?.stop({ graceful: true, timeout: GRACE_MILLISECONDS });
      await unregister?.();
    }
    await lock.release();
  }
  if (lock.lost.aborted) throw new Error(`the ${role} worker lost its lock`, { cause: lock.lost.reason });
}

async function take(boss: PgBoss, queue: string, handler: JobHandler, stopping: AbortSignal): Promise<void> {
  await boss.work<JobData>(
    queue,
    {
      batchSize: 1,
      localConcurrency: handler.atOnce,
      pollingIntervalSeconds: 1,
      notifyPollingIntervalSeconds: POLL_SECONDS,
    },
    async ([job]) => {
      if (job) await handler.perform(job.data.id, AbortSignal.any([job.signal, stopping]));
    },
  );
}

const aborted = (...signals: AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    const any = AbortSignal.any(signals);
    if (any.aborted) resolve();
    else any.addEventListener("abort", () => resolve(), { once: true });
  });
