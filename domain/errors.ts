/**
 * The kinds of refusal that the API's edge maps to a status. The trainer adds names of its own for what can go wrong in
 * a file or a run (`invalid_file`, `non_finite_loss`, …); the edge treats those as `invalid`.
 */
export type RefusalCode =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "conflict"
  | "rate_limited"
  | "unavailable"
  | "cancelled"
  | "internal";

/** A place in a file or form that is wrong, in words a person can act on. `line` counts from 1. */
export interface Issue {
  line?: number;
  field?: string;
  message: string;
}

/**
 * The one error a person may get to read. `message` is for the log, `userMessage` for the person: one line that says
 * what is wrong, where, and what to do. Mapped to a status once, at the edge of the API or of the command line.
 */
export class DomainError extends Error {
  override readonly name = "DomainError";

  constructor(
    readonly code: RefusalCode | (string & {}),
    message: string,
    readonly userMessage: string = message,
    cause?: unknown,
    /** Each place that is wrong, where there is more than one. */
    readonly issues: readonly Issue[] = [],
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

export const isDomainError = (error: unknown): error is DomainError => error instanceof DomainError;
