/**
 * The one error a person may get to read. `message` is for the log, `userMessage` for the person: one line that says
 * what is wrong, where, and what to do. Mapped to a status once, at the edge of the API or of the command line; `code`
 * is kebab-case, and its ending (`-not-found`, `-forbidden`, `-conflict`, …) decides that status.
 */
export class DomainError extends Error {
  override readonly name = "DomainError";

  constructor(
    readonly code: string,
    message: string,
    readonly userMessage: string = message,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

export const isDomainError = (error: unknown): error is DomainError => error instanceof DomainError;
