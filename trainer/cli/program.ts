import { Command } from "commander";
import { addBenchCommand } from "./bench";
import {
  addDoctorCommand,
  addEvaluateCommand,
  addGenerateCommand,
  addReportCommand,
  addScoreCommand,
  addSelftestCommand,
  modelOption,
} from "./commands";
import { addConvertCommand } from "./convert";
import { addExportCommand, addImportCommand } from "./exchange";
import { addKeysCommand } from "./keys";
import { addSweepCommand } from "./sweep";
import { addTrainCommand } from "./train";

/** Makes the command line with all its commands. A mistake in a call gives one line, as a mistake in a file does. */
export function createProgram(): Command {
  const program = new Command("trainer")
    .description("Train, score and generate with language models on this machine, and exchange them with others")
    .configureOutput({
      outputError: (text, write) => write(`${text.trim().replaceAll("\n", " ")}; --help says more\n`),
    })
    .addHelpText(
      "after",
      "\nResults go to standard output, progress and errors to standard error. COMMAND --help says more.",
    );
  addTrainCommand(program);
  addKeysCommand(program);
  addSweepCommand(program);
  addScoreCommand(program);
  addReportCommand(program);
  addGenerateCommand(program);
  addEvaluateCommand(program);
  addImportCommand(program);
  addExportCommand(program, modelOption());
  addConvertCommand(program);
  addBenchCommand(program);
  addDoctorCommand(program);
  addSelftestCommand(program);
  return program;
}
