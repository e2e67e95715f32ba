import type { SweepRow } from "./sweep-file";

/** Keys that scale or shape the loss itself; cells that differ in them can't be ranked by it. */
const CHANGE_THE_LOSS = ["beta", "loss", "labelSmoothing", "lambda", "gamma", "method", "dataset", "validationDataset"];

/** Sorts rows by lowest validation loss, then those without one by training loss, then those that did not finish. */
export function sortRows(rows: readonly SweepRow[]): SweepRow[] {
  const last = Number.POSITIVE_INFINITY;
  const keys = (row: SweepRow) => [
    row.status === "finished" ? 0 : 1,
    row.evalLoss ?? last,
    row.score === null ? 0 : -row.score,
    row.loss ?? last,
  ];
  return [...rows].sort((a, b) => {
    const [left, right] = [keys(a), keys(b)];
    const place = left.findIndex((value, index) => value !== right[index]);
    return place === -1 ? 0 : (left[place] as number) < (right[place] as number) ? -1 : 1;
  });
}

/** Writes the table as lines for a person. */
export function formatSweep(rows: readonly SweepRow[]): string {
  const keys = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const columns: [string, (row: SweepRow) => string][] = [
    ...keys.map((key): [string, (row: SweepRow) => string] => [key, ({ values }) => String(values[key] ?? "–")]),
    ["validation loss", ({ evalLoss }) => figure(evalLoss)],
    ["accuracy", ({ evalAccuracy }) => (evalAccuracy === null ? "–" : `${(100 * evalAccuracy).toFixed(1)} %`)],
    ["margin", ({ evalMargin }) => figure(evalMargin)],
    ["at step", ({ bestStep, steps }) => (bestStep === null ? `– of ${steps}` : `${bestStep} of ${steps}`)],
    ["loss", ({ loss }) => figure(loss)],
    ["score", ({ score }) => figure(score)],
    ["tokens/s", ({ tokensPerSecond }) => (tokensPerSecond === null ? "–" : tokensPerSecond.toFixed(0))],
    ["seconds", ({ seconds }) => seconds.toFixed(1)],
    ["", ({ status, error }) => (status === "finished" ? "" : `${status}${error ? `: ${error}` : ""}`)],
  ];
  const sorted = sortRows(rows);
  const shown = columns.filter(([title, cell], index) => {
    return index < keys.length || title === "seconds" || sorted.some((row) => !/^(–.*)?$/.test(cell(row)));
  });
  const table = [shown.map(([title]) => title), ...sorted.map((row) => shown.map(([, cell]) => cell(row)))];
  const widths = shown.map((_, column) => Math.max(...table.map((line) => (line[column] as string).length)));
  const lines = table.map((line) =>
    line
      .map((cell, column) =>
        column === line.length - 1 && shown[column]?.[0] === "" ? cell : cell.padStart(widths[column] as number),
      )
      .join("  ")
      .trimEnd(),
  );
  const validated = sorted.filter(({ evalLoss }) => evalLoss !== null);
  const unfit = keys.filter(
    (key) => CHANGE_THE_LOSS.includes(key) && new Set(validated.map(({ values }) => values[key])).size > 1,
  );
  const note = `Losses of different ${unfit.join(", ")} are not on one scale; compare accuracy there.`;
  return [...lines, ...(unfit.length > 0 ? [note] : [])].join("\n");
}

const figure = (value: number | null) => (value === null ? "–" : value.toPrecision(4));
