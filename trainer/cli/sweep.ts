import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { DomainError } from "@/domain/errors";
import { reasonOf } from "../checkpoints/file-errors";
import { type CellTask, trainCell } from "../sweep/cell-process";
import { formatSweep } from "../sweep/format-sweep";
import { makeGrid, parseVary, type Vary } from "../sweep/grid";
import type { SweepRow } from "../sweep/sweep-file";
import { createProgressPrinter } from "./print-progress";
import { stopOnSignals } from "./stop-on-signals";

interface SweepCommand {
  vary: Vary[];
  out: string;
  json?: boolean;
}

export function addSweepCommand(program: Command): void {
  program
    .command("sweep")
    .description("train once for every combination of the values of some keys, and compare the results in one table")
    .argument("<RUN.json>", "as for train; its paths are meant from its own folder")
    .requiredOption(
      "--vary <key=values>",
      'a key of RUN.json and its values, e.g. beta=0.05,0.1,0.3 or "lora.rank=8,16"; once for each key',
      (text: string, before: Vary[] = []) => [...before, parseVary(text)],
    )
    .requiredOption("--out <dir>", "folder for sweep.json and a run's folder for each combination")
    .option("--json", "the table as one JSON object, as sweep.json has it")
    .action(async (runFile: string, { vary, out, json }: SweepCommand) => {
      const text = await readFile(runFile, "utf8").catch((error: unknown) => {
        throw new DomainError("run-config-invalid", `${runFile}: can't be read (${reasonOf(error)})`, undefined, error);
      });
      const grid = makeGrid(text, runFile, vary);
      const { resolveRunPaths } = await import("../run-training");
      const { runSweep } = await import("../sweep/run-sweep");
      const base = path.dirname(path.resolve(runFile));
      const run = await resolveRunPaths(grid.run, base);
      const cells = await Promise.all(
        grid.cells.map(async (cell) => ({ ...cell, config: await resolveRunPaths(cell.config, base) })),
      );
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const folder = path.resolve(out);
      await stopOnSignals(async (signal) => {
        const result = await runSweep({
          ...{ run, cells, folder, signal },
          onCell: ({ name }, number) => {
            say(`${number} of ${cells.length}: ${name}`);
            return createProgressPrinter(process.stderr);
          },
          onRow: (row) => say(describeEnd(row)),
        });
        process.stdout.write(`${json ? JSON.stringify(result, null, 2) : formatSweep(result.cells)}\n`);
        if (result.cells.every(({ status }) => status === "finished")) return;
        if (signal.aborted) throw new DomainError("run-cancelled", "The sweep was stopped; run again, it goes on.");
        process.exitCode = 1;
      });
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
