import { open } from "node:fs/promises";
import { DomainError } from "@/domain/errors";
import { IntakeReader } from "@/domain/intake/intake-reader";
import { isProblem, placeText, type RawRow, type ReadRow } from "@/domain/intake/place";
import { invalidDataset, MAX_LINE_BYTES } from "./dataset-source";

/** A row with its place in words, as in "pairs.jsonl:3" or "pretty.json[2]". */
export type PlacedRow = { at: string; row: RawRow };

const LIMITS = {
  maxLineBytes: MAX_LINE_BYTES,
  maxLineWords: `the line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB; is a line end missing?`,
};

/**
 * Reads the rows of a file of any format (JSONL, a JSON array, CSV), piece by piece, never the whole file at once.
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
  const reader = new IntakeReader(LIMITS, /\.(csv|tsv)$/i.test(path) ? "csv" : "jsonl");
  const placed = function* (rows: readonly ReadRow[]): Generator<PlacedRow> {
    for (const row of rows) {
      const at = placeText(name, row.place);
      if (!isProblem(row)) yield { at, row };
      else if (onProblem && row.place.line > 0) onProblem(at, row.message);
      else throw invalidDataset(`${at}: ${row.message}`);
    }
  };
  for await (const chunk of readChunks(path, name)) yield* placed(reader.push(chunk));
  yield* placed(reader.end());
}

async function* readChunks(path: string, name: string): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw invalidDataset(`${name}: ${error.code === "ENOENT" ? "no such file" : error.message}`, error);
  });
  try {
    yield* file.createReadStream({ highWaterMark: 1 << 18, autoClose: false }) as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw invalidDataset(`${name}: ${error instanceof Error ? error.message : String(error)}`, error);
  } finally {
    await file.close();
  }
}
