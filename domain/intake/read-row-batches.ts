import type { FileBytes } from "./containers/file-bytes";
import { readParquetRows } from "./containers/parquet-rows";
import type { Container } from "./containers/sniff";
import { type IntakeLimits, IntakeReader } from "./intake-reader";
import type { ReadRow } from "./place";

/** A file whose rows are to be read. */
export interface IntakeSource {
  /** The bytes from the first to the last. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Opens the file for reading at any place; null where its bytes come only once, as through a pipe. */
  anywhere(): Promise<FileBytes | null>;
}

export interface RowBatch {
  rows: ReadRow[];
  /** The way in which the file holds its rows; null while that can't be told yet. */
  container: Container | null;
  /** The number of the file's bytes that were read up to here; of a Parquet file a share by its rows. */
  bytesRead: number;
}

/** The bytes that are read in one go. The time for them is what others wait at most. */
const STEP_BYTES = 128 * 1024;

/**
 * Reads a file of any format batch by batch, so that neither its size nor the number of its rows needs memory. A batch may
 * be empty: it then only says how far the reading is.
 */
export async function* readRowBatches(
  source: IntakeSource,
  limits: IntakeLimits,
  hint: "jsonl" | "csv" | null,
): AsyncGenerator<RowBatch> {
  const reader = new IntakeReader(limits, hint);
  let bytesRead = 0;
  for await (const chunk of source.chunks()) {
    for (let start = 0; start < chunk.length; start += STEP_BYTES) {
      const rows = reader.push(chunk.subarray(start, start + STEP_BYTES));
      if (reader.container === "parquet") {
        const file = await source.anywhere();
        if (!file) break;
        yield* parquetBatches(file);
        return;
      }
      bytesRead += Math.min(STEP_BYTES, chunk.length - start);
      yield { rows, container: reader.container, bytesRead };
    }
  }
  const rows = reader.end();
  // A file that is shorter than what is needed to tell its kind is told at its end.
  const file = reader.container === "parquet" ? await source.anywhere() : null;
  if (file) yield* parquetBatches(file);
  else yield { rows, container: reader.container, bytesRead };
}

async function* parquetBatches(file: FileBytes): AsyncGenerator<RowBatch> {
  for await (const { rows, share } of readParquetRows(file))
    yield { rows, container: "parquet", bytesRead: Math.floor(share * file.byteLength) };
}
