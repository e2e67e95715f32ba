import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { DomainError } from "@/domain/errors";
import { parseRunConfig } from "@/domain/runs/parse-run-config";
import { reasonOf } from "../checkpoints/file-errors";
import { createProgressPrinter } from "./print-progress";
import { stopOnSignals } from "./stop-on-signals";

export function addTrainCommand(program: Command): void {
  program
    .command("train")
    .description("train as RUN.json says; writes metrics.jsonl and the model or adapter into the output folder")
    .argument("<RUN.json>", "method, model, dataset and hyperparameters; its paths are meant from its own folder")
    .requiredOption("--out <dir>", "folder for the result; must not hold another run")
    .option("--resume", "go on from the newest checkpoint in the output folder")
    .action(async (runFile: string, options: { out: string; resume?: boolean }) => {
      const text = await readFile(runFile, "utf8").catch((error: unknown) => {
        throw new DomainError("run-config-invalid", `${runFile}: can't be read (${reasonOf(error)})`, undefined, error);
      });
      const parsed = parseRunConfig(text, runFile);
      // Loaded late: TensorFlow.js takes a second, which a mistake in RUN.json need not wait for.
      const { resolveRunPaths, runTraining } = await import("../run-training");
      const config = await resolveRunPaths(parsed, path.dirname(path.resolve(runFile)));
      await stopOnSignals((signal) =>
        runTraining(config, {
          outputDir: path.resolve(options.out),
          resume: options.resume ?? false,
          signal,
          trustModules: true,
          onEvent: createProgressPrinter(process.stderr),
        }),
      );
    });
}
