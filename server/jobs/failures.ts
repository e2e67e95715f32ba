import { ERROR_CODES, type ErrorCode } from "@/domain/error-codes";
import { DomainError } from "@/domain/errors";
import { storableText } from "@/domain/storable-text";
import { Prisma } from "@/generated/prisma/client";
import { withoutQueryValues } from "../database/error-text";

export interface Failure {
  code: ErrorCode;
  message: string;
  /** The advice to the person. */
  hint: string;
}

/** An error as the row of a run or generation keeps it. */
export function describeJobFailure(error: unknown): Failure {
  const known = error instanceof DomainError;
  const text = error instanceof Error ? error.message : String(error);
  const code = known
    ? error.code
    : /out of memory|allocation failed|OOM|bad_alloc/i.test(text)
      ? "out-of-memory"
      : "unexpected";
  return {
    code,
    // The message may quote a file or a model, and what can't be kept must not hide why the job failed.
    message: storableText(known ? error.userMessage : withoutQueryValues(text).slice(0, 2000)),
    hint: hintOf(code),
  };
}

/** Finds the advice to a person whose job ended with an error of this code. */
const hintOf = (code: ErrorCode): string => ERROR_CODES[code].hint ?? TRY_AGAIN;

const TRY_AGAIN = "Try again. If it fails once more, the log of the process has the details.";

/** Joins what went wrong and what to do into one text; null where the row has no failure. */
export function failureText(row: { errorMessage: string | null; errorHint: string | null }): string | null {
  return row.errorMessage && [row.errorMessage, row.errorHint].filter(Boolean).join(" ");
}

export const workerDied = (times: number): Failure => ({
  code: "worker-died",
  message: `The trainer's process ended ${times} times while it worked on this job.`,
  hint: hintOf("worker-died"),
});

/**
 * The failure of an answer in the playground whose process ended. Nobody waits for the answer then, so it is not taken
 * up again.
 */
export const ANSWERER_ENDED: Failure = {
  code: "worker-died",
  message: "The process that writes answers ended while it was writing this answer.",
  hint: "Ask again.",
};

/**
 * Tells whether trying again may help although nothing was changed: the database could not be reached, or another
 * transaction was in the way. Any other failure (a model that is no model, numbers that overflow) would come back.
 */
export function isRetryable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientUnknownRequestError) return LOST_IN_WORDS.test(error.message);
  if (error instanceof Prisma.PrismaClientKnownRequestError)
    return RETRYABLE_CODES.includes(error.code) || isLost(error.meta?.driverAdapterError);
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string" && LOST_CODE.test(code)) return true;
  // Once pg itself knows that a transaction's connection is gone, its refusals have no code and come through as they are.
  return error instanceof Error && LOST_CLIENT.test(error.message);
}

const RETRYABLE_CODES = ["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2034"];
/**
 * The codes of Node and of PostgreSQL for a server that shuts down, was killed or is starting up, and for a connection
 * that failed.
 */
const LOST_CODE = /^(ECONN|EPIPE|57P0|08)/;
const LOST_CLIENT = /^(Client has encountered a connection error|Connection terminated)/;
const LOST_IN_WORDS = /Code: `(57P0|08)|Can't reach database server|[Cc]onnection (was closed|terminated)/;

/** Prisma has one code for all failures of a raw query, so the driver's own error is read. */
function isLost(driverError: unknown): boolean {
  const cause = (driverError as { cause?: { kind?: unknown; code?: unknown; message?: unknown } } | undefined)?.cause;
  if (["DatabaseNotReachable", "ConnectionClosed", "TooManyConnections"].includes(String(cause?.kind))) return true;
  return LOST_CODE.test(String(cause?.code)) || LOST_IN_WORDS.test(String(cause?.message));
}
