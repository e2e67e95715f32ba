import { type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Place, ReadRow } from "../place";
import { plainValue } from "../plain-value";
import type { FileBytes } from "./file-bytes";

/** A row group is decoded as a whole, so its size bounds the memory. */
const MAX_GROUP_BYTES = 256 * 1024 * 1024;
/** The greatest number of rows that pyarrow puts into a row group by itself. */
const MAX_GROUP_ROWS = 1024 * 1024;
const BATCH_ROWS = 1_000;

export interface ParquetBatch {
  rows: ReadRow[];
  /** The share of the file's rows that have been given with this batch, from 0 to 1. */
  share: number;
}

/**
 * Reads the rows of a Parquet file, one row group after the other, in batches of at most 1,000 rows. Where a part can't be
 * read, the last batch is one problem that names the part; the rows before it have been given by then.
 */
export async function* readParquetRows(file: FileBytes): AsyncGenerator<ParquetBatch> {
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(file);
  } catch (error) {
    yield problem({ line: 0 }, `the Parquet file can't be read (${reasonOf(error)}); is it cut off?`);
    return;
  }
  const total = metadata.row_groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  let first = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    const count = Number(group.num_rows);
    const at = { line: 0, element: first };
    const name = `row group ${index + 1} of ${metadata.row_groups.length} (rows ${first + 1} to ${first + count})`;
    const bytes = group.columns.reduce(
      (sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0),
      0,
    );
    if (bytes > MAX_GROUP_BYTES || count > MAX_GROUP_ROWS) {
      const size = `${Math.round(bytes / 1024 / 1024)} MB`;
      const advice = 'write the file with smaller ones, with pandas: to_parquet("rows.parquet", row_group_size=10000)';
      yield problem(at, `${name} holds ${size}; at most 256 MB and 1,048,576 rows are read at once: ${advice}`);
      return;
    }
    let rows: Record<string, unknown>[];
    try {
      rows = await parquetReadObjects({ file, metadata, compressors, rowStart: first, rowEnd: first + count });
      if (rows.length !== count) throw new Error(`it has ${rows.length} rows where ${count} were said`);
    } catch (error) {
      yield problem(at, `${name} can't be read (${reasonOf(error)}); nothing is read from there on`);
      return;
    }
    for (let start = 0; start < count; start += BATCH_ROWS) {
      const batch = rows.slice(start, start + BATCH_ROWS).map((fields, offset) => ({
        place: { line: 0, element: first + start + offset },
        fields: plainValue(fields) as Record<string, unknown>,
      }));
      yield { rows: batch, share: (first + start + batch.length) / total };
    }
    first += count;
  }
}

const problem = (place: Place, message: string): ParquetBatch => ({ rows: [{ place, message }], share: 1 });

/** Says in words why the library gave up. It throws errors of JavaScript itself where bytes make no sense. */
const reasonOf = (error: unknown): string => {
  const reason = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
  return error instanceof RangeError || error instanceof TypeError ? `its bytes make no sense: ${reason}` : reason;
};
