import path from "node:path";
import type { Command } from "commander";
import { DomainError, isDomainError } from "@/domain/errors";
import { METHODS } from "@/domain/runs/methods";
import { parseRunConfig } from "@/domain/runs/parse-run-config";
import { holdFolder } from "../file-formats/hold-folder";
import { explain, STOPPED } from "./help";
import { createProgressPrinter } from "./print-progress";
import { readRunFile } from "./run-file";
import { sayHowToSkip, skipBadRowsOption } from "./skip-bad-rows";
import { stopOnSignals } from "./stop-on-signals";

interface TrainCommand {
  out: string;
  resume?: boolean;
  finishNow?: boolean;
  json?: boolean;
  skipBadRows?: boolean;
}

/** Adds to an error how to go on, for which the page of a run has a button. */
function sayHowToGoOn(error: unknown): never {
  if (!isDomainError(error) || error.code !== "run-cancelled") throw error;
  const message = `${error.userMessage.replace(/\.$/, "")}. Run this command again with --resume to go on.`;
  throw new DomainError(error.code, message, undefined, error);
}

export function addTrainCommand(program: Command): void {
  const command = program
    .command("train")
    .description("train as RUN.json says; writes metrics.jsonl and the model or adapter into the output folder")
    .argument("<RUN.json>", "method, model, dataset and hyperparameters; paths in it are relative to its folder")
    .requiredOption("--out <dir>", "folder for the result; must not hold another run")
    .option("--resume", "go on from the newest checkpoint in the output folder")
    .option("--finish-now", "make the result of the newest checkpoint in the output folder, without another step")
    .addOption(skipBadRowsOption("named in ledger.json"))
    .option("--json", "print the result as one JSON object at the end")
    .action(async (runFile: string, options: TrainCommand) => {
      const parsed = parseRunConfig(await readRunFile(runFile), runFile);
      // Training is loaded late: TensorFlow.js takes a second, for which a mistake in RUN.json need not wait.
      const { resolveRunPaths, runTraining } = await import("../run-training");
      const config = await resolveRunPaths(parsed, path.dirname(path.resolve(runFile)));
      const outputDir = path.resolve(options.out);
      const output = await stopOnSignals((signal) =>
        holdFolder(outputDir, "a run", () =>
          runTraining(config, {
            outputDir,
            resume: options.resume ?? options.finishNow ?? false,
            finishNow: options.finishNow ?? false,
            signal,
            trustModules: true,
            skipBadRows: options.skipBadRows ?? false,
            onEvent: createProgressPrinter(process.stderr),
          }),
        ),
      )
        .catch((error: unknown) => sayHowToSkip(error, options.skipBadRows ?? false))
        .catch(sayHowToGoOn);
      if (!options.json) return;
      const { readRunFigures } = await import("../run-figures");
      process.stdout.write(`${JSON.stringify({ ...output, ...(await readRunFigures(outputDir)) })}\n`);
    });
  explain(command, {
    reads: `RUN.json: {"method": ${METHODS.map((method) => JSON.stringify(method)).join(" | ")}, "model", "dataset", …}; keys METHOD lists every key with its meaning. Keys that are left out get values chosen from the data and the device, which the run prints`,
    writes:
      "DIR/run.json (as resolved), ledger.json (the records that were left out, and why), metrics.jsonl (a line a step: nats, tokens, seconds), checkpoints/, and adapter/ or model/ at the end; a reward run adds reward-report.json, PPO adds rollouts.jsonl. Progress: a live line on a terminal, a line a step in a file. With --json: {kind, path, steps, loss, score, bestStep, evalLoss, evalAccuracy, evalMargin, tokensPerSecond}",
    status: `${STOPPED}, each with a checkpoint to --resume from`,
    examples: [
      `train RUN.json --out runs/first   # {"method": "dpo", "dataset": "pairs.jsonl", "lora": {"rank": 16}}`,
      "train RUN.json --out runs/first --resume",
      "train RUN.json --out runs/first --finish-now",
    ],
  });
}
