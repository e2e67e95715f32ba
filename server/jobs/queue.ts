import type { Queue } from "pg-boss";
import type { NounOf } from "@/domain/error-codes";
import { isJobFinished, UNDER_WAY } from "@/domain/runs/job-status";
import type { Prisma } from "@/generated/prisma/client";
import type { Database } from "../database/client";
import type { Failure } from "./failures";
import { jobChannel, notify } from "./notify";

/** The process that serves a queue. */
export type WorkerRole = "training" | "generation";

/** A job names a row; everything else is read from the row. */
export interface JobData {
  id: string;
}

/** The columns that all rows have whose work is a job. */
export interface JobRow {
  id: string;
  status: string;
  attempt: number;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
}

/** The columns that the life of a job changes. */
export type JobRowUpdate = Pick<
  Prisma.ScoringUncheckedUpdateInput,
  | "status"
  | "attempt"
  | "activity"
  | "startedAt"
  | "finishedAt"
  | "heartbeatAt"
  | "cancelRequestedAt"
  | "errorCode"
  | "errorMessage"
  | "errorHint"
>;

/** The place of a row: its id and, for a person, the project. */
export interface JobPlace {
  id: string;
  projectId?: string;
}

/**
 * Everything that is particular to a queue: where its rows are, who serves it, and what happens at each turn of a job's
 * life. A file in `queues/` holds one such object, and the list in `queues.ts` names it; everything else in this folder
 * works with any of them.
 */
export interface JobQueue<
  Row extends JobRow = JobRow,
  View extends { status: string } = { status: string },
  Name extends string = string,
  Role extends WorkerRole = WorkerRole,
> {
  /** The queue's name in pg-boss. */
  name: Name;
  /** The word for a row in channels and error codes. */
  noun: NounOf<"finished">;
  /** The table of the rows, for code that reaches them by SQL. */
  table: Prisma.ModelName;
  /** The process that serves the queue. */
  role: Role;
  /** The way in which pg-boss treats the jobs. */
  policy: Omit<Queue, "name">;
  /** The activity that a row shows when its job has begun. */
  beginning: string;
  /**
   * The fate of a job whose process stopped or died: `again` takes it up again; a failure ends it, where nobody waits
   * for it any more.
   */
  whenWorkerDies: "again" | Failure;
  /** The rows that are not finished and ought to have a job. */
  openRows(): Promise<JobData[]>;
  /**
   * Reads the row and holds it against other transactions that change its status; the row must be of that project,
   * where one is named.
   * @throws DomainError `NOUN-not-found`
   */
  lock(tx: Database, place: JobPlace): Promise<Row>;
  /** Changes a row without telling anybody. */
  update(db: Database, id: string, data: JobRowUpdate): Promise<Row>;
  /** Changes a row's status and tells those who watch. */
  settle(tx: Database, id: string, data: JobRowUpdate): Promise<Row>;
  /** Tells whether a job that was sent may begin; where it may not, nothing is done. */
  mayBegin?(tx: Database, row: Row): Promise<boolean>;
  /** Tells whether the trainer has nothing to do with a row in this state. */
  isAtRest(status: string): boolean;
  /** Tells whether a person can still end a row in this state. */
  canBeCancelled(status: string): boolean;
  /** Reads the row as pages see it. */
  read(place: Required<JobPlace>): Promise<View>;
}

/** Keeps the literal types of name and role, from which the list of queues derives what a worker has to handle. */
export const defineQueue = <
  Row extends JobRow,
  View extends { status: string },
  const Name extends string,
  const Role extends WorkerRole,
>(
  queue: JobQueue<Row, View, Name, Role>,
): JobQueue<Row, View, Name, Role> => queue;

/** A queue of any kind of rows, for code that only hands rows on. */
// biome-ignore lint/suspicious/noExplicitAny: the row's type differs by queue and is checked where the queue is defined
export type AnyQueue = JobQueue<any, any>;

/**
 * The queue has one active job at a time, the others in order. The row counts crashes, so the retry limit is only a
 * last stop.
 */
export const ONE_AFTER_ANOTHER = {
  policy: "singleton",
  retryLimit: 50,
  retryDelay: 0,
  expireInSeconds: 86_400,
  notify: true,
} as const satisfies Omit<Queue, "name">;

/** The parts of a queue whose rows have no life beside their job. */
export const plainJob = <Row extends JobRow>(
  noun: NounOf<"finished">,
  table: Prisma.ModelName,
  update: (db: Database, id: string, data: JobRowUpdate) => Promise<Row>,
) => ({
  noun,
  table,
  update,
  beginning: "loading the model",
  isAtRest: isJobFinished,
  canBeCancelled: (status: string) => !isJobFinished(status),
  settle: async (tx: Database, id: string, data: JobRowUpdate): Promise<Row> => {
    const row = await update(tx, id, data);
    await notify(tx, jobChannel(noun, id), { type: "state" });
    return row;
  },
});

/** The condition for rows that are neither finished nor waiting for a person. */
export const UNFINISHED = { status: { in: [...UNDER_WAY] } };
