import { type FileHandle, open } from "node:fs/promises";
import { fileBytes } from "@/domain/intake/containers/file-bytes";
import { isProblem, isWholeFile, placeText, type RawRow, type ReadRow } from "@/domain/intake/place";
import { type IntakeSource, readRowBatches } from "@/domain/intake/read-row-batches";
import { invalidDataset, MAX_LINE_BYTES } from "./dataset-source";

/** A row with its place in words, as in "pairs.jsonl:3" or "pretty.json[2]". */
export type PlacedRow = { at: string; row: RawRow };

const LIMITS = {
  maxLineBytes: MAX_LINE_BYTES,
  maxLineWords: `the line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB; is a line end missing?`,
};

/**
 * Reads the rows of a file of any format (JSONL, a JSON array, CSV, Parquet), piece by piece, never the whole file at once.
 *
 * @param name how the file is called in messages
 * @param onProblem takes the fault of a row; given if rows with a fault are to be left out
 * @throws DomainError `dataset-invalid` naming file and line
 */
export async function* readRows(
  path: string,
  name = path,
  onProblem?: (at: string, message: string) => void,
): AsyncGenerator<PlacedRow> {
  const placed = function* (rows: readonly ReadRow[]): Generator<PlacedRow> {
    for (const row of rows) {
      const at = placeText(name, row.place);
      if (!isProblem(row)) yield { at, row };
      else if (onProblem && !isWholeFile(row.place)) onProblem(at, row.message);
      else throw invalidDataset(`${at}: ${row.message}`);
    }
  };
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw invalidDataset(`${name}: ${error.code === "ENOENT" ? "no such file" : error.message}`, error);
  });
  try {
    const hint = /\.(csv|tsv)$/i.test(path) ? "csv" : "jsonl";
    for await (const { rows } of readRowBatches(sourceOf(file, name), LIMITS, hint)) yield* placed(rows);
  } finally {
    await file.close();
  }
}

function sourceOf(file: FileHandle, name: string): IntakeSource {
  return {
    async *chunks() {
      try {
        yield* file.createReadStream({ highWaterMark: 1 << 18, autoClose: false }) as AsyncIterable<Buffer>;
      } catch (error) {
        throw invalidDataset(`${name}: ${error instanceof Error ? error.message : String(error)}`, error);
      }
    },
    async anywhere() {
      const found = await file.stat();
      return found.isFile() ? fileBytes(file, found.size) : null;
    },
  };
}
