import { Command } from "commander";
import { reportError } from "./cli/report-error";
import { addTrainCommand } from "./cli/train";

/** The trainer without a database: `npm run --silent trainer -- COMMAND …`. Results go to standard output, all else to standard error. */
const program = new Command("trainer")
  .description("Train, score and generate with language models on this machine")
  .showHelpAfterError("(--help lists the options)")
  .exitOverride((error) => {
    process.exit(error.exitCode);
  });

addTrainCommand(program);

await program.parseAsync().catch(reportError);
