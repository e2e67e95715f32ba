import { storableText } from "@/domain/storable-text";
import { database, type Transaction } from "../database/client";
import { logger } from "../logger";
import { watchJobCancellation } from "./cancel-watch";
import { ANSWERER_ENDED, describeJobFailure, type Failure, isRetryable, workerDied } from "./failures";
import { jobChannel, notify } from "./notify";
import type { AnyQueue, JobQueue, JobRow, JobRowUpdate } from "./queue";
import { JobCancelled, MOST_ATTEMPTS } from "./stop-reasons";

/** The interval at which a job says what happens, and looks whether it is to end. */
const LOOK_EVERY_MILLISECONDS = 500;

export interface Job<Row extends JobRow> {
  row: Row;
  /** Aborts where a person cancelled the job or the process stops. */
  signal: AbortSignal;
  /** Shows an activity on the job's pages. */
  say(activity: string): void;
  /** Ends the job as cancelled, for work that notices by itself that a person wants so. */
  cancel(): void;
}

export interface JobWork<Row extends JobRow> {
  /**
   * Does the work and writes its results. Returns what the row ends with, or nothing where the work has ended the row
   * itself.
   */
  work(job: Job<Row>): Promise<JobRowUpdate | undefined>;
  /** Writes what belongs to the job's beginning, in the transaction that begins it. */
  begin?(tx: Transaction, row: Row): Promise<JobRowUpdate>;
  /**
   * Ends the row where the work failed for good. Without this function the row ends as failed, with a line in the log.
   */
  fail?(row: Row, error: unknown, failure: Failure): Promise<void>;
  /** The interval at which the job looks whether it is to end. */
  lookEveryMilliseconds?: number;
}

/**
 * Carries a job through its life: takes the row up, keeps it alive, does the work, and ends the row as completed,
 * failed, cancelled, or waiting for the next process.
 * @returns whether there was anything to do
 * @throws when the job is to be taken up again
 */
export async function performJob<Row extends JobRow>(
  queue: JobQueue<Row>,
  id: string,
  signal: AbortSignal,
  { work, begin, fail = failAsUsual(queue), lookEveryMilliseconds = LOOK_EVERY_MILLISECONDS }: JobWork<Row>,
): Promise<boolean> {
  const row = await beginJob(queue, id, begin);
  if (!row) return false;
  const stop = new AbortController();
  const cancel = () => stop.abort(new JobCancelled());
  const watch = watchOver(queue, id, cancel, lookEveryMilliseconds);
  const unwatch = watchJobCancellation(queue.table, id);
  try {
    const end = await work({ row, signal: AbortSignal.any([signal, stop.signal]), say: watch.say, cancel });
    await watch.end(); // no news may land after the end
    if (end) await settleJob(queue, id, end);
  } catch (error) {
    await watch.end();
    const ended = { finishedAt: new Date(), activity: null };
    const again = queue.whenWorkerDies === "again";
    if (stop.signal.aborted) await settleJob(queue, id, { status: "cancelled", ...ended });
    else if (again && signal.aborted) {
      // An attempt that ends in order is no failed one.
      const waiting = "waiting for the trainer to come back";
      await settleJob(queue, id, { status: "queued", attempt: { decrement: 1 }, activity: waiting });
      throw error;
    } else if (again && isRetryable(error)) throw error;
    else if (signal.aborted) await settleJob(queue, id, { status: "failed", ...ended, ...errorOf(deathOf(queue)) });
    else await fail(row, error, describeJobFailure(error));
  } finally {
    unwatch();
  }
  return true;
}

/**
 * Writes news and the heartbeat into the row while the work goes on, and learns from the row whether a person
 * cancelled.
 */
function watchOver<Row extends JobRow>(queue: JobQueue<Row>, id: string, cancel: () => void, every: number) {
  let activity: string | undefined;
  let said: string | undefined;
  const look = async () => {
    const news = activity !== said ? activity : undefined;
    said = activity;
    // The write is a single statement, so that a training step that blocks the process in its midst does no harm.
    const { cancelRequestedAt } = await queue.update(database(), id, { heartbeatAt: new Date(), activity: news });
    if (news !== undefined) await notify(database(), jobChannel(queue.noun, id), { type: "state" });
    if (cancelRequestedAt) cancel();
  };
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (looking) return; // a step may block the process for longer than this interval
    looking = look()
      .catch((err) => logger.warn({ err, id }, `no look at whether the ${queue.noun} is to end`))
      .finally(() => {
        looking = undefined;
      });
  }, every);
  return {
    say: (text: string) => {
      activity = storableText(text);
    },
    end: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

async function beginJob<Row extends JobRow>(
  queue: JobQueue<Row>,
  id: string,
  begin: JobWork<Row>["begin"],
): Promise<Row | undefined> {
  return database().$transaction(async (tx) => {
    const row = await queue.lock(tx, { id });
    if (queue.isAtRest(row.status) || (queue.mayBegin && !(await queue.mayBegin(tx, row)))) return undefined;
    const ended = { finishedAt: new Date(), activity: null };
    if (row.cancelRequestedAt) {
      await queue.settle(tx, id, { status: "cancelled", ...ended });
      return undefined;
    }
    if (row.attempt >= MOST_ATTEMPTS) {
      await queue.settle(tx, id, { status: "failed", ...ended, ...errorOf(workerDied(row.attempt)) });
      return undefined;
    }
    return queue.settle(tx, id, {
      status: "running",
      attempt: { increment: 1 },
      activity: queue.beginning,
      startedAt: row.startedAt ?? new Date(),
      heartbeatAt: new Date(),
      ...(begin && (await begin(tx, row))),
    });
  });
}

const failAsUsual =
  (queue: AnyQueue) =>
  async ({ id }: JobRow, error: unknown, failure: Failure): Promise<void> => {
    logger.error({ err: error, id }, `${queue.noun} failed`);
    await settleJob(queue, id, { status: "failed", finishedAt: new Date(), activity: null, ...errorOf(failure) });
  };

/** The failure of a row whose process stopped before the job had ended. */
export const deathOf = ({ whenWorkerDies }: AnyQueue): Failure =>
  whenWorkerDies === "again" ? ANSWERER_ENDED : whenWorkerDies;

/** Writes an error as the columns of a row. */
export const errorOf = (failure: Failure) => ({
  errorCode: failure.code,
  errorMessage: failure.message,
  errorHint: failure.hint,
});

/**
 * Ends the row of a job whose process has died, where a person had cancelled it: nobody needs to take it up again.
 * @returns whether the row is at rest
 */
export async function settleIfCancelled<Row extends JobRow>(queue: JobQueue<Row>, id: string): Promise<boolean> {
  return database().$transaction(async (tx) => {
    const { status, cancelRequestedAt } = await queue.lock(tx, { id });
    if (queue.isAtRest(status)) return true;
    if (!cancelRequestedAt) return false;
    await queue.settle(tx, id, { status: "cancelled", finishedAt: new Date(), activity: null });
    return true;
  });
}

/** Changes a row in a transaction of its own and tells those who watch. */
export async function settleJob<Row extends JobRow>(queue: JobQueue<Row>, id: string, data: JobRowUpdate) {
  await database().$transaction((tx) => queue.settle(tx, id, data));
}
