import { Command } from "commander";
import { addBenchCommand } from "./cli/bench";
import {
  addDoctorCommand,
  addEvaluateCommand,
  addGenerateCommand,
  addReportCommand,
  addScoreCommand,
  addSelftestCommand,
  modelOption,
} from "./cli/commands";
import { addExportCommand, addImportCommand } from "./cli/exchange";
import { reportError } from "./cli/report-error";
import { addSweepCommand } from "./cli/sweep";
import { addTrainCommand } from "./cli/train";

/**
 * The trainer without a database: `npm run --silent trainer -- COMMAND …`. Results go to standard output, all else to
 * standard error, so that a command can stand in a pipe.
 */
const program = new Command("trainer")
  .description("Train, score and generate with language models on this machine, and exchange them with others")
  .showHelpAfterError("(--help lists the options)");

addTrainCommand(program);
addSweepCommand(program);
addScoreCommand(program);
addReportCommand(program);
addGenerateCommand(program);
addImportCommand(program);
addExportCommand(program, modelOption());
addDoctorCommand(program);
addSelftestCommand(program);
addEvaluateCommand(program);
addBenchCommand(program);

await program.parseAsync().catch(reportError);
