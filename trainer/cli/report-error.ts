import { isDomainError } from "@/domain/errors";

/**
 * Reports an error: one line for what a person did or can mend, the whole trace for a fault of the program. The exit
 * status is 1 either way, except that a command that a signal stopped has the signal's status.
 */
export function reportError(error: unknown): never {
  if (isDomainError(error)) console.error(`error: ${error.userMessage}`);
  else console.error(error);
  process.exit(process.exitCode ?? 1);
}
