import { ByteLines, encodingOf } from "./containers/byte-lines";
import type { ContainerReader } from "./containers/container-reader";
import { CsvReader } from "./containers/csv-reader";
import { JsonArrayReader } from "./containers/json-array-reader";
import { JsonObjectReader } from "./containers/json-object-reader";
import { JsonlReader } from "./containers/jsonl-reader";
import { type Container, sniffBytes, sniffText } from "./containers/sniff";
import { knownColumn } from "./known-columns";
import type { ReadRow } from "./place";

/** This many bytes of a file are enough to tell what it is. */
const HEAD_BYTES = 64 * 1024;

export interface IntakeLimits {
  maxLineBytes: number;
  /** The problem that a longer line gets; `{size}` stands for its size. */
  maxLineWords: string;
  /**
   * The number of characters after which a row must have come, since all of them are kept until it does: a cell whose quote
   * is not closed, or one JSON object around all rows. Absent where memory is no concern.
   */
  maxRowCharacters?: number;
}

/**
 * Reads a file of any format that holds rows in order, bytes in and rows out as they come, so that a file may have any
 * size. The content tells what the file is; the hint decides only where a text may be one or the other. A Parquet file is
 * recognised (`container`) and left to `readRowBatches`, since its directory stands at its end.
 */
export class IntakeReader {
  /** The way in which the file holds its rows; null until enough was read to tell. */
  container: Container | null = null;
  private head: Uint8Array[] = [];
  private headLength = 0;
  private lines: ByteLines | null = null;
  private rows: ContainerReader | null = null;
  private refused = false;
  private sinceRow = 0;

  constructor(
    private readonly limits: IntakeLimits,
    private readonly hint: "jsonl" | "csv" | null = null,
  ) {}

  push(bytes: Uint8Array): ReadRow[] {
    if (this.refused) return [];
    if (this.lines) return this.feed(this.lines.push(bytes));
    if (this.container === "parquet") return [];
    this.head.push(bytes);
    this.headLength += bytes.length;
    return this.headLength >= HEAD_BYTES ? this.begin() : [];
  }

  end(): ReadRow[] {
    const begun = this.lines || this.refused || this.container === "parquet" ? [] : this.begin();
    if (this.container === "parquet")
      return [
        {
          place: { line: 0 },
          message: "this is a Parquet file; its bytes can't be read in order, so give it as a file",
        },
      ];
    if (!this.lines || !this.rows || this.refused) return begun;
    return [...begun, ...this.feed(this.lines.end()), ...this.rows.end()];
  }

  private begin(): ReadRow[] {
    const head = joined(this.head, this.headLength);
    this.head = [];
    const kind = sniffBytes(head);
    if (kind === "parquet") {
      this.container = kind;
      return [];
    }
    if (kind !== null) {
      this.refused = true;
      return [{ place: { line: 0 }, message: kind.refusal }];
    }
    const { encoding, skip } = encodingOf(head);
    const text = new TextDecoder(encoding).decode(head.subarray(skip));
    this.container = sniffText(text, this.hint);
    const pieces = this.container === "json-array" || this.container === "json-object";
    this.lines = new ByteLines(encoding, { ...this.limits, pieces, keepsCr: this.container === "csv" });
    this.rows = readerOf(this.container);
    return this.feed(this.lines.push(head.subarray(skip)));
  }

  private feed(lines: ReturnType<ByteLines["push"]>): ReadRow[] {
    return lines.flatMap((one): ReadRow[] => {
      if (!("text" in one)) {
        // Without its broken lines the quotes of a CSV, or the brackets of an array, no longer pair.
        if (this.container === "jsonl") return [{ place: { line: one.line }, message: one.message }];
        this.refused = true;
        return [{ place: { line: one.line }, message: `${one.message}; nothing is read from this line on` }];
      }
      if (this.refused) return [];
      const rows = this.rows?.push(one.text, one.line, one.isWhole) ?? [];
      this.sinceRow = rows.length > 0 ? 0 : this.sinceRow + one.text.length;
      if (this.sinceRow <= (this.limits.maxRowCharacters ?? Number.POSITIVE_INFINITY)) return rows;
      this.refused = true;
      const what =
        this.container === "csv"
          ? "a quote is not closed up to here"
          : "one value goes on up to here: save the rows as JSONL, one a line";
      return [
        {
          place: { line: one.line },
          message: `${what}, and at most 16 MB are read at once; nothing is read from here on`,
        },
      ];
    });
  }
}

function readerOf(container: Exclude<Container, "parquet">): ContainerReader {
  switch (container) {
    case "jsonl":
      return new JsonlReader();
    case "json-array":
      return new JsonArrayReader();
    case "json-object":
      return new JsonObjectReader();
    case "csv":
      return new CsvReader(knownColumn);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
