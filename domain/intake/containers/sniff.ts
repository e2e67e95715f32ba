import { isKnownColumn } from "../known-columns";
import { parseJson } from "./parse-json";

/** The keys under which one object holds the rows of a file. */
export const ROW_KEYS = ["data", "rows", "records", "examples", "instances", "items", "train"];

/** The ways in which a file can hold its rows. */
export type Container = "jsonl" | "json-array" | "json-object" | "csv" | "parquet";

export const CONTAINER_WORDS: Record<Container, string> = {
  jsonl: "JSONL",
  "json-array": "JSON array",
  "json-object": "JSON object",
  csv: "CSV",
  parquet: "Parquet",
};

const startsWith = (head: Uint8Array, ...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);

/** Recognises by its first bytes a file that is no text. */
export function sniffBytes(head: Uint8Array): "parquet" | { refusal: string } | null {
  if (startsWith(head, 0x50, 0x41, 0x52, 0x31)) return "parquet";
  if (startsWith(head, 0x50, 0x4b, 3, 4))
    return { refusal: "this is a ZIP file or an Excel workbook; unpack it, or save the sheet as CSV UTF-8" };
  if (startsWith(head, 0x1f, 0x8b)) return { refusal: "the file is compressed with gzip; unpack it first" };
  if (startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) return { refusal: "the file is compressed with zstd; unpack it first" };
  if (startsWith(head, 0x41, 0x52, 0x52, 0x4f, 0x57, 0x31) || startsWith(head, 0xff, 0xff, 0xff, 0xff))
    return { refusal: "this is an Arrow file; save the data set as Parquet or JSONL (to_parquet, to_json)" };
  if (startsWith(head, 0xd0, 0xcf, 0x11, 0xe0))
    return { refusal: "this is an old Excel workbook; save the sheet as CSV UTF-8" };
  if (startsWith(head, 0x25, 0x50, 0x44, 0x46))
    return { refusal: "this is a PDF; rows are read from JSONL, JSON, CSV and Parquet" };
  return null;
}

/**
 * Tells by its beginning how a text holds its rows. The name decides only what the text leaves open.
 *
 * @param head the first lines
 */
export function sniffText(head: string, hint: "jsonl" | "csv" | null): Exclude<Container, "parquet"> {
  const start = head.trimStart();
  if (start.startsWith("[")) return "json-array";
  if (start.startsWith("{")) {
    const [first = ""] = start.split("\n", 1);
    // A wrapper around a list of records may stand on one line, which is then the only one.
    if (first.trimEnd() === start.trimEnd() && WRAPPED.test(first)) return "json-object";
    // A whole line that is an object makes the file JSONL. A line that only opens an object is looked at below.
    return "value" in parseJson(first) || !opensObject(first) ? "jsonl" : "json-object";
  }
  const [header = ""] = start.split(/\r\n?|\n/, 1);
  const hasColumns = header
    .split(/[,;\t|]/)
    .map((name) => name.trim().replace(/^"(.*)"$/, "$1"))
    .some(isKnownColumn);
  return hasColumns || /^"?sep=/i.test(header) ? "csv" : (hint ?? "csv");
}

/** The beginning of an object that wraps a list of records. */
const WRAPPED = new RegExp(`^\\{\\s*"(?:${ROW_KEYS.join("|")})"\\s*:\\s*\\[\\s*\\{`);

/** Tells whether a line opens an object that is to go on in the next line: `{`, or `{"data": [`. */
const opensObject = (line: string) =>
  /^\{\s*(\r?$|"(?:[^"\\]|\\.)*"\s*:\s*[[{]?\s*\r?$|"(?:[^"\\]|\\.)*"\s*:.*,\s*\r?$)/.test(line);
