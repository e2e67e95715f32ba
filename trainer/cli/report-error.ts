import { isDomainError } from "@/domain/errors";

/**
 * One line for what a person did or can mend; the whole trace for a fault of the program. Exit status 1 either way, but
 * the signal's where one stopped the command.
 */
export function reportError(error: unknown): never {
  if (isDomainError(error)) console.error(`error: ${error.userMessage}`);
  else console.error(error);
  process.exit(process.exitCode ?? 1);
}
