import type { ErrorCode } from "./error-codes";

/**
 * The one error a person may get to read. `message` is for the log, `userMessage` for the person: one line that says
 * what is wrong, where, and what to do. Its code stands in a table (`domain/error-codes.ts`), which says the status that
 * the API answers with and what a person can do where a job ended with it.
 */
export class DomainError extends Error {
  override readonly name = "DomainError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly userMessage: string = message,
    cause?: unknown,
    readonly issues: readonly Issue[] = [],
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/**
 * A part of the input that is wrong, for a page that marks it: its keys from the outside in, and what is wrong with it.
 * `line` is the line of a file, counted from 1, or 0 for the file as a whole; it is absent where the input is no file.
 * `element` is the index in a JSON array or a Parquet file, from 0.
 */
export type Issue = { line?: number; element?: number; path: readonly (string | number)[]; message: string };

export const isDomainError = (error: unknown): error is DomainError => error instanceof DomainError;
