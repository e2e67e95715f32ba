import { rm } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import type { RunConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { exists } from "../file-formats/file-errors";
import type { JsonObject } from "../file-formats/json-file";
import { readRunFigures } from "../run-figures";
import { type CellEnd, runCellInProcess } from "./cell-process";
import type { Cell } from "./grid";
import { hashRecords } from "./hash-records";
import { readSweep, type Sweep, type SweepRow, writeSweep } from "./sweep-file";

export interface SweepOptions {
  /** The grid's configuration, with absolute paths. */
  run: RunConfig;
  cells: readonly Cell[];
  /** The folder that receives sweep.json and a folder for each cell. */
  folder: string;
  /** Called before a cell starts; gives the function that hears its events. */
  onCell: (cell: Cell, number: number) => (event: RunEvent) => void;
  /** Called when a cell has ended in whatever way, and for each that was finished before. */
  onRow: (row: SweepRow) => void;
  signal: AbortSignal;
}

const UNTRIED = {
  steps: 0,
  loss: null,
  score: null,
  bestStep: null,
  evalLoss: null,
  evalAccuracy: null,
  evalMargin: null,
  tokensPerSecond: null,
  seconds: 0,
};

/**
 * Runs the cells one after the other. A folder that holds a part of the sweep is continued: finished cells are kept, a
 * stopped one resumes, a failed one is tried again; cells of earlier grids over the same run stay in the table.
 *
 * @returns all rows; those after a stop are waiting
 * @throws DomainError `output-conflict` if the folder holds something else, before anything is written
 */
export async function runSweep({ run, cells, folder, onCell, onRow, signal }: SweepOptions): Promise<Sweep> {
  const asJson = JSON.parse(JSON.stringify(run)) as JsonObject;
  const { dataset, validationDataset } = run;
  const records = await hashRecords([dataset, ...(validationDataset === undefined ? [] : [validationDataset])]);
  const known = await readSweep(folder, asJson, records);
  const rows = new Map((known?.cells ?? []).map((row) => [row.name, row]));
  for (const { name, values } of cells) {
    if (rows.has(name)) continue;
    if (await exists(path.join(folder, name, "run.json"))) {
      const message = `${path.join(folder, name)}: holds a run that is not of this sweep; name another folder`;
      throw new DomainError("output-conflict", message);
    }
    rows.set(name, { name, values, status: "waiting", ...UNTRIED });
  }
  const sweep = (): Sweep => ({ run: asJson, records, cells: [...rows.values()] });
  const put = async (row: SweepRow) => {
    rows.set(row.name, row);
    await writeSweep(folder, sweep());
  };
  await writeSweep(folder, sweep());
  // Results about one reference that several cells share; a finished sweep does not need them.
  const referenceFolder = path.join(folder, ".reference");

  for (const [index, cell] of cells.entries()) {
    const outputDir = path.join(folder, cell.name);
    const { error: _error, ...before } = rows.get(cell.name) as SweepRow;
    if (before.status === "finished" && (await hasResult(outputDir))) {
      onRow(before);
      continue;
    }
    if (signal.aborted) break;
    await put({ ...before, status: "running" });
    const started = performance.now();
    const end = await runCellInProcess(
      { config: cell.config, outputDir, referenceFolder },
      onCell(cell, index + 1),
      signal,
    );
    const seconds = before.seconds + (performance.now() - started) / 1000;
    const row = { ...before, ...(await readRunFigures(outputDir)), ...toRow(end), seconds };
    await put(row);
    onRow(row);
    if (end.status === "stopped") break;
  }
  if ([...rows.values()].every(({ status }) => status === "finished")) {
    await rm(referenceFolder, { recursive: true, force: true });
  }
  return sweep();
}

const toRow = (end: CellEnd): Pick<SweepRow, "status" | "error"> =>
  end.status === "failed" ? { status: "failed", error: end.error } : { status: end.status };

async function hasResult(outputDir: string): Promise<boolean> {
  return (await exists(path.join(outputDir, "model"))) || (await exists(path.join(outputDir, "adapter")));
}
