import { CsvError, parse } from "csv-parse/sync";
import type { ImportIssue } from "./import-refused";
import type { RawRow } from "./row-to-prompt";
import type { TextLine } from "./split-lines";

type Parsed = { rows: RawRow[]; issues: ImportIssue[] };
type CsvRecord = { record: string[]; info: { lines: number; empty_lines: number } };

/** Spreadsheets of many countries separate by semicolon. */
const DELIMITERS = [",", ";", "\t"];
const MAIN_COLUMNS = ["prompt", "instruction"];

/** Rows under a header line; a quoted field may hold line breaks. */
export function parseCsv(lines: readonly TextLine[]): Parsed {
  const header = lines.find(({ text }) => text.trim() !== "");
  if (!header) return { rows: [], issues: [] };
  const delimiter = DELIMITERS.find((candidate) => hasMainColumn(namesIn(header.text, candidate))) ?? ",";
  const columns = namesIn(header.text, delimiter);
  if (!hasMainColumn(columns)) {
    const message = `the columns are ${columns.join(", ")}; it takes "prompt" (with "taskType" if you like) or "instruction" (with "input")`;
    return { rows: [], issues: [{ line: header.line, message }] };
  }
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice) return { rows: [], issues: [{ line: header.line, message: `the column "${twice}" is there twice` }] };
  return readRecords(lines.map(({ text }) => text).join("\n"), delimiter, columns);
}

const namesIn = (header: string, delimiter: string): string[] =>
  header.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
const hasMainColumn = (columns: readonly string[]) => MAIN_COLUMNS.some((name) => columns.includes(name));

function readRecords(text: string, delimiter: string, columns: readonly string[]): Parsed {
  const rows: RawRow[] = [];
  const issues: ImportIssue[] = [];
  let before = { lines: 0, empty_lines: 0 };
  for (const { record, info } of readCsv(text, delimiter, issues)) {
    // csv-parse counts to a record's last line; it began after the one before it and any empty lines between.
    const line = before.lines + 1 + info.empty_lines - before.empty_lines;
    const isHeader = before.lines === 0;
    before = info;
    if (isHeader) continue;
    if (record.length === columns.length)
      rows.push({ line, fields: Object.fromEntries(columns.map((name, index) => [name, record[index]])) });
    else issues.push({ line, message: `the row has ${record.length} fields, the header ${columns.length}` });
  }
  return { rows, issues };
}

function readCsv(text: string, delimiter: string, issues: ImportIssue[]): CsvRecord[] {
  const records: CsvRecord[] = [];
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record: string[], { lines, empty_lines }) => {
        records.push({ record, info: { lines, empty_lines } });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    issues.push(describe(error, records.at(-1)?.info.lines ?? 0));
  }
  return records;
}

function describe(error: CsvError, linesBefore: number): ImportIssue {
  if (error.code === "CSV_QUOTE_NOT_CLOSED")
    return { line: linesBefore + 1, message: "a quote is opened in this row and not closed before the file ends" };
  const line = Number(/at line (\d+)/.exec(error.message)?.[1] ?? linesBefore + 1);
  return { line, message: `not valid CSV: ${error.message.slice(0, 200)}` };
}
