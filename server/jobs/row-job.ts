import type { NounOf } from "@/domain/error-codes";
import type { JobStatus, Prisma } from "@/generated/prisma/client";
import { type Database, database } from "../database/client";
import { logger } from "../logger";
import { ANSWERER_ENDED, describeJobFailure, type Failure, isRetryable, workerDied } from "./failures";
import { notify } from "./notify";
import { JobCancelled, MOST_ATTEMPTS } from "./stop-reasons";

/** How often a job says what happens, and looks whether it is to end. */
const LOOK_EVERY_MILLISECONDS = 500;

/** What rows whose work is a job have in common. */
export interface JobRow {
  id: string;
  status: JobStatus;
  attempt: number;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
}

export type JobRowUpdate = Pick<
  Prisma.ScoringUpdateInput,
  | "status"
  | "attempt"
  | "activity"
  | "startedAt"
  | "finishedAt"
  | "heartbeatAt"
  | "errorCode"
  | "errorMessage"
  | "errorHint"
>;

/** Where a kind of such rows is kept. */
export interface JobTable<Row extends JobRow> {
  /** What a row is, as the codes of errors name it. */
  noun: NounOf<"finished">;
  /** Where those who watch a row listen. */
  channel: (id: string) => string;
  /** The row, held against other transactions that change its status; of that project, where one is named. */
  lock: (tx: Database, row: { id: string; projectId?: string }) => Promise<Row>;
  update: (db: Database, id: string, data: JobRowUpdate) => Promise<Row>;
}

export interface RowJob<Row extends JobRow> {
  row: Row;
  signal: AbortSignal;
  say(activity: string): void;
}

export const isJobFinished = (status: string) => ["completed", "failed", "cancelled"].includes(status);

/**
 * What the jobs of the process that answers share: takes the row up, keeps it alive, does the work, and ends it. `work`
 * writes its results and gives what the row ends with, or has ended it in the transaction of its last result.
 * @param again whether a job whose process stopped or died is taken up again
 * @throws when the job is to be taken up again
 */
export async function performRowJob<Row extends JobRow>(
  table: JobTable<Row>,
  id: string,
  signal: AbortSignal,
  { again, work }: { again: boolean; work: (job: RowJob<Row>) => Promise<JobRowUpdate | undefined> },
): Promise<void> {
  const row = await begin(table, id);
  if (!row) return;
  const stop = new AbortController();
  let activity: string | undefined;
  let said: string | undefined;
  const look = async () => {
    const news = activity !== said ? activity : undefined;
    said = activity;
    const { cancelRequestedAt } = await table.update(database(), id, { heartbeatAt: new Date(), activity: news });
    if (news !== undefined) await notify(database(), table.channel(id), { type: "state" });
    if (cancelRequestedAt) stop.abort(new JobCancelled());
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch((err) => logger.warn({ err, id }, "progress not written"));
  }, LOOK_EVERY_MILLISECONDS);
  const quiet = async () => {
    clearInterval(timer);
    await looking; // nothing of it may land after the end
  };
  try {
    const say = (text: string) => {
      activity = text;
    };
    const end = await work({ row, signal: AbortSignal.any([signal, stop.signal]), say });
    await quiet();
    if (end) await settleJob(table, id, end);
  } catch (error) {
    await quiet();
    const ended = { finishedAt: new Date(), activity: null };
    if (stop.signal.aborted) return await settleJob(table, id, { status: "cancelled", ...ended });
    if (again && signal.aborted) {
      // An orderly end is no failed attempt.
      const waiting = "waiting for the trainer to come back";
      await settleJob(table, id, { status: "queued", attempt: { decrement: 1 }, activity: waiting });
      throw error;
    }
    if (again && isRetryable(error)) throw error;
    if (signal.aborted) return await settleJob(table, id, { status: "failed", ...ended, ...errorOf(ANSWERER_ENDED) });
    logger.error({ err: error, id }, "job failed");
    await settleJob(table, id, { status: "failed", ...ended, ...errorOf(describeJobFailure(error)) });
  } finally {
    clearInterval(timer);
  }
}

async function begin<Row extends JobRow>(table: JobTable<Row>, id: string): Promise<Row | undefined> {
  return database().$transaction(async (tx) => {
    const row = await table.lock(tx, { id });
    if (isJobFinished(row.status)) return undefined;
    await notify(tx, table.channel(id), { type: "state" });
    const ended = { finishedAt: new Date(), activity: null };
    if (row.cancelRequestedAt) {
      await table.update(tx, id, { status: "cancelled", ...ended });
      return undefined;
    }
    if (row.attempt >= MOST_ATTEMPTS) {
      await table.update(tx, id, { status: "failed", ...ended, ...errorOf(workerDied(row.attempt)) });
      return undefined;
    }
    return table.update(tx, id, {
      status: "running",
      attempt: { increment: 1 },
      activity: "loading the model",
      startedAt: row.startedAt ?? new Date(),
      heartbeatAt: new Date(),
    });
  });
}

const errorOf = (failure: Failure) => ({
  errorCode: failure.code,
  errorMessage: failure.message,
  errorHint: failure.hint,
});

/** Changes the row and tells those who watch. */
export async function settleJob<Row extends JobRow>(
  table: JobTable<Row>,
  id: string,
  data: JobRowUpdate,
): Promise<void> {
  await database().$transaction(async (tx) => {
    await table.update(tx, id, data);
    await notify(tx, table.channel(id), { type: "state" });
  });
}
