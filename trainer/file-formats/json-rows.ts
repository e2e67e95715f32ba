import { createReadStream } from "node:fs";
import { isMissing } from "./file-errors";

/**
 * Reads the lines of a JSONL file that a run appends to, one after the other: the file may be longer than the longest
 * string. A killed run may have left half a line, which is skipped; a file that is not there has no lines.
 */
export async function* wholeLines(file: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, "utf8") as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("{") && line.endsWith("}")) yield line;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  if (rest.startsWith("{") && rest.endsWith("}")) yield rest;
}

/** Reads the rows of such a file. */
export async function* jsonRows<Row>(file: string): AsyncGenerator<Row> {
  for await (const line of wholeLines(file)) yield JSON.parse(line) as Row;
}
