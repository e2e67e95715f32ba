import { IntakeReader } from "./intake-reader";
import type { IntakeRow } from "./items";
import { isProblem, placeText, type RowProblem } from "./place";
import { type Mapping, type NotLearned, readRow } from "./read-row";

const LIMITS = { maxLineBytes: 8 * 1024 * 1024, maxLineWords: "the line is {size} long" };

/** Reads all rows of a file that is in memory, each with its place in words. The file must be small. */
export function readFile(
  name: string,
  bytes: Uint8Array,
  mapping: Mapping = {},
): { at: string; read: IntakeRow | RowProblem | NotLearned }[] {
  const reader = new IntakeReader(LIMITS, /\.(csv|tsv)$/.test(name) ? "csv" : "jsonl");
  return [...reader.push(bytes), ...reader.end()].map((row) => ({
    at: placeText(name, row.place),
    read: isProblem(row) ? row : readRow(row, mapping),
  }));
}
