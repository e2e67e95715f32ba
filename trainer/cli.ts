import { createProgram } from "./cli/program";
import { reportError } from "./cli/report-error";

/**
 * The trainer without a database: `npm run --silent trainer -- COMMAND …`. Results go to standard output, all else to
 * standard error, so that a command can stand in a pipe.
 */
await createProgram().parseAsync().catch(reportError);
