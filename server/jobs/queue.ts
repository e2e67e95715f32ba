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

/** What rows whose work is a job have in common. */
export interface JobRow {
  id: string;
  status: string;
  attempt: number;
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
}

/** What the life of a job changes in its row. */
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

/** How a person's row is found. */
export interface JobPlace {
  id: string;
  projectId?: string;
}

/**
 * All that is particular to a queue: where its rows are, who serves it, and what happens at each turn of a job's life.
 * A file in `queues/` holds one, and the list in `queues.ts` names it; everything else in this folder is made of these.
 */
export interface JobQueue<
  Row extends JobRow = JobRow,
  View extends { status: string } = { status: string },
  Name extends string = string,
  Role extends WorkerRole = WorkerRole,
> {
  /** What pg-boss calls the queue. */
  name: Name;
  /** What a row is, as channels and the codes of errors name it. */
  noun: NounOf<"finished">;
  /** The process that serves the queue. */
  role: Role;
  /** How pg-boss treats its jobs. */
  policy: Omit<Queue, "name">;
  /** What a row says when its job has begun. */
  beginning: string;
  /**
   * What becomes of a job whose process stopped or died: it is taken up again, or it fails with this, where nobody waits
   * for it any more.
   */
  whenWorkerDies: "again" | Failure;
  /** The rows that are not finished and ought to have a job. */
  openRows(): Promise<JobData[]>;
  /**
   * The row, held against other transactions that change its status; of that project, where one is named.
   * @throws DomainError `NOUN-not-found`
   */
  lock(tx: Database, place: JobPlace): Promise<Row>;
  /** Changes a row without telling anybody. */
  update(db: Database, id: string, data: JobRowUpdate): Promise<Row>;
  /** Changes how a row stands and tells those who watch. */
  settle(tx: Database, id: string, data: JobRowUpdate): Promise<Row>;
  /** Whether a job may begin that was sent; where it may not, nothing is done. */
  mayBegin?(tx: Database, row: Row): Promise<boolean>;
  /** Whether the trainer has nothing to do with a row in this state. */
  isAtRest(status: string): boolean;
  /** Whether a person can still end a row in this state. */
  canBeCancelled(status: string): boolean;
  /** The row as pages see it. */
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

/** A queue whatever its rows are, for code that only hands rows on. */
// biome-ignore lint/suspicious/noExplicitAny: the row's type differs by queue and is checked where the queue is defined
export type AnyQueue = JobQueue<any, any>;

/** One active job at a time, the others in order. Crashes are counted on the row, so the retry limit is only a last stop. */
export const ONE_AFTER_ANOTHER = {
  policy: "singleton",
  retryLimit: 50,
  retryDelay: 0,
  expireInSeconds: 86_400,
  notify: true,
} as const satisfies Omit<Queue, "name">;

/** What the queues have in common whose rows have no life beside their job. */
export const plainJob = <Row extends JobRow>(
  noun: NounOf<"finished">,
  update: (db: Database, id: string, data: JobRowUpdate) => Promise<Row>,
) => ({
  noun,
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

/** What is neither finished nor waiting for a person. */
export const UNFINISHED = { status: { in: [...UNDER_WAY] } };
