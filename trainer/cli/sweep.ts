import path from "node:path";
import type { Command } from "commander";
import { DomainError } from "@/domain/errors";
import { holdFolder } from "../file-formats/hold-folder";
import { type CellTask, trainCell } from "../sweep/cell-process";
import { formatSweep } from "../sweep/format-sweep";
import { makeGrid, parseVary, type Vary } from "../sweep/grid";
import type { SweepRow } from "../sweep/sweep-file";
import { explain, STOPPED } from "./help";
import { createProgressPrinter } from "./print-progress";
import { readRunFile, requireFiles } from "./run-file";
import { stopOnSignals } from "./stop-on-signals";

interface SweepCommand {
  vary: Vary[];
  out: string;
  json?: boolean;
}

export function addSweepCommand(program: Command): void {
  const command = program
    .command("sweep")
    .description("train once for every combination of the values of some keys, and compare the results in one table")
    .argument("<RUN.json>", "configuration of a run, as for train; paths in it are relative to its folder")
    .requiredOption(
      "--vary <key=values>",
      'a key of RUN.json and its values, e.g. beta=0.05,0.1,0.3 or "lora.rank=8,16"; once for each key',
      (text: string, before: Vary[] = []) => [...before, parseVary(text)],
    )
    .requiredOption("--out <dir>", "folder for sweep.json and a run's folder for each combination")
    .option("--json", "print the table as one JSON object, in the form of sweep.json")
    .action(async (runFile: string, { vary, out, json }: SweepCommand) => {
      const text = await readRunFile(runFile);
      const grid = makeGrid(text, runFile, vary);
      const { resolveRunPaths } = await import("../run-training");
      const { runSweep } = await import("../sweep/run-sweep");
      const base = path.dirname(path.resolve(runFile));
      const run = await resolveRunPaths(grid.run, base);
      const cells = await Promise.all(
        grid.cells.map(async (cell) => ({ ...cell, config: await resolveRunPaths(cell.config, base) })),
      );
      for (const config of [run, ...cells.map((cell) => cell.config)]) await requireFiles(config, runFile);
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const folder = path.resolve(out);
      await stopOnSignals(async (signal) => {
        const result = await holdFolder(folder, "a sweep", () =>
          runSweep({
            run,
            cells,
            folder,
            signal,
            onCell: ({ name }, number) => {
              say(`${number} of ${cells.length}: ${name}`);
              return createProgressPrinter(process.stderr);
            },
            onRow: (row) => say(describeEnd(row)),
          }),
        );
        process.stdout.write(`${json ? JSON.stringify(result, null, 2) : formatSweep(result.cells)}\n`);
        if (result.cells.every(({ status }) => status === "finished")) return;
        if (signal.aborted)
          throw new DomainError("run-cancelled", "The sweep was stopped. Run this command again to continue it.");
        process.exitCode = 1;
      });
    });

  explain(command, {
    reads: "RUN.json; every combination is checked before the first run starts",
    writes:
      "DIR/sweep.json and, for each combination, a folder such as DIR/beta=0.1_learningRate=1e-5 with what train writes; the table: lowest validation loss with the accuracy and margin of that step, last training loss, real tokens a second of its steps, seconds from start to end. When the command is run again, finished runs are kept, a stopped one goes on, and a failed one is tried again",
    status: `1 also if a run failed; ${STOPPED}`,
    examples: ["sweep RUN.json --vary beta=0.05,0.1,0.3 --vary learningRate=1e-5,5e-5 --out sweeps/beta"],
  });

  program
    .command("sweep-cell", { hidden: true })
    .argument("<task>")
    .action((task: string) => trainCell(JSON.parse(task) as CellTask));
}

function describeEnd({ name, status, error, evalLoss, seconds }: SweepRow): string {
  const figures = evalLoss === null ? "" : `, validation loss ${evalLoss.toPrecision(4)}`;
  return `${name}: ${status}${error ? `: ${error}` : ""}${status === "finished" ? `${figures}, ${Math.round(seconds)} s` : ""}`;
}
