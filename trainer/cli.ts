import { createProgram } from "./cli/program";
import { reportError } from "./cli/report-error";

/**
 * The trainer without a database: `npm run --silent trainer -- COMMAND …`. Results go to standard output, all else to
 * standard error, so that a command can stand in a pipe.
 */
// A reader that has seen enough, such as `head`, closes the pipe, which is no fault of the command.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
await createProgram().parseAsync().catch(reportError);
