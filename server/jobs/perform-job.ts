import { database, type Transaction } from "../database/client";
import { logger } from "../logger";
import { ANSWERER_ENDED, describeJobFailure, type Failure, isRetryable, workerDied } from "./failures";
import { jobChannel, notify } from "./notify";
import type { AnyQueue, JobQueue, JobRow, JobRowUpdate } from "./queue";
import { JobCancelled, MOST_ATTEMPTS } from "./stop-reasons";

/** How often a job says what happens, and looks whether it is to end. */
const LOOK_EVERY_MILLISECONDS = 500;

export interface Job<Row extends JobRow> {
  row: Row;
  /** Aborts where a person cancelled the job or the process stops. */
  signal: AbortSignal;
  /** What pages show as the present activity. */
  say(activity: string): void;
  /** Ends the job as cancelled, for work that notices the wish of a person by itself. */
  cancel(): void;
}

export interface JobWork<Row extends JobRow> {
  /** Does the work and writes its results; gives what the row ends with, or nothing where it has ended the row itself. */
  work(job: Job<Row>): Promise<JobRowUpdate | undefined>;
  /** What else is written when the job begins, in the transaction that begins it. */
  begin?(tx: Transaction, row: Row): Promise<JobRowUpdate>;
  /** Ends the row where the work failed for good. Left out: it ends as failed, with a line in the log. */
  fail?(row: Row, error: unknown, failure: Failure): Promise<void>;
  /** How often it is looked whether the job is to end. */
  lookEveryMilliseconds?: number;
}

/**
 * The life of every job: takes the row up, keeps it alive, does the work, and ends the row as completed, failed, cancelled,
 * or waiting for the next process.
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
  try {
    const end = await work({ row, signal: AbortSignal.any([signal, stop.signal]), say: watch.say, cancel });
    await watch.end(); // nothing of it may land after the end
    if (end) await settleJob(queue, id, end);
  } catch (error) {
    await watch.end();
    const ended = { finishedAt: new Date(), activity: null };
    const again = queue.whenWorkerDies === "again";
    if (stop.signal.aborted) await settleJob(queue, id, { status: "cancelled", ...ended });
    else if (again && signal.aborted) {
      // An orderly end is no failed attempt.
      const waiting = "waiting for the trainer to come back";
      await settleJob(queue, id, { status: "queued", attempt: { decrement: 1 }, activity: waiting });
      throw error;
    } else if (again && isRetryable(error)) throw error;
    else if (signal.aborted) await settleJob(queue, id, { status: "failed", ...ended, ...errorOf(deathOf(queue)) });
    else await fail(row, error, describeJobFailure(error));
  }
  return true;
}

/** Writes news and the heartbeat into the row while the work goes on, and learns from it whether a person cancelled. */
function watchOver<Row extends JobRow>(queue: JobQueue<Row>, id: string, cancel: () => void, every: number) {
  let activity: string | undefined;
  let said: string | undefined;
  const look = async () => {
    const news = activity !== said ? activity : undefined;
    said = activity;
    // One statement, so that a training step that blocks the process in its midst does no harm.
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
      activity = text;
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

/** What a row says whose process stopped before it had ended, where nobody waits for another try. */
export const deathOf = ({ whenWorkerDies }: AnyQueue): Failure =>
  whenWorkerDies === "again" ? ANSWERER_ENDED : whenWorkerDies;

/** An error as the columns of a row keep it. */
export const errorOf = (failure: Failure) => ({
  errorCode: failure.code,
  errorMessage: failure.message,
  errorHint: failure.hint,
});

/** Changes a row in a transaction of its own and tells those who watch. */
export async function settleJob<Row extends JobRow>(queue: JobQueue<Row>, id: string, data: JobRowUpdate) {
  await database().$transaction((tx) => queue.settle(tx, id, data));
}
