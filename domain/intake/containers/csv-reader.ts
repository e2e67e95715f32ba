import type { ReadRow } from "../place";
import type { ContainerReader } from "./container-reader";

/** The separators that are tried. Spreadsheets of many countries separate by semicolon. */
const DELIMITERS = [",", ";", "\t", "|"];

type Cells = { cells: string[]; line: number };

/**
 * Reads rows under a header. A quoted cell may hold line breaks and delimiters (RFC 4180), and so may the header. The
 * reader also takes Excel's first line `sep=;`, rows that lack their last cells, columns without a name as long as they
 * are empty, and a quote in the middle of a cell that was not quoted.
 */
export class CsvReader implements ContainerReader {
  private delimiter: string | null = null;
  private columns: string[] | null = null;
  private cells: string[] = [];
  private quoted: string | null = null;
  private rowLine = 0;
  private ended = false;

  /** @param knownAs the name under which a column is read, by which the header's delimiter is told; else null */
  constructor(private readonly knownAs: (column: string) => string | null) {}

  push(text: string, line: number): ReadRow[] {
    if (this.ended) return [];
    // A file of an old Mac ends its lines with CR; inside quotes a CR is text.
    const parts = text.split("\r");
    return parts.flatMap((part, index) => this.pushLine(part, line, index < parts.length - 1 ? "\r" : "\n"));
  }

  end(): ReadRow[] {
    if (this.quoted === null || this.ended) return [];
    return [{ place: { line: this.rowLine }, message: "a quote is opened in this row and never closed" }];
  }

  private pushLine(text: string, line: number, lineEnd: string): ReadRow[] {
    if (this.quoted === null && this.cells.length === 0) {
      this.rowLine = line;
      if (text.trim() === "") return [];
      if (this.columns === null && this.delimiter === null) {
        const separator = /^"?sep=(.)"?\s*$/i.exec(text)?.[1];
        this.delimiter = separator ?? null;
        if (separator) return [];
      }
    }
    this.delimiter ??= this.guessDelimiter(text);
    if (!this.readCells(text)) {
      this.quoted += lineEnd;
      return [];
    }
    const row = { cells: this.cells, line: this.rowLine };
    this.cells = [];
    return this.columns === null ? this.readHeader(row) : this.toRow(row, this.columns);
  }

  /** Adds a line's cells. Returns whether the row ends with the line: a quoted cell may go on in the next one. */
  private readCells(text: string): boolean {
    const delimiter = this.delimiter ?? ",";
    let at = 0;
    for (;;) {
      if (this.quoted === null && text.charAt(at) === '"') {
        this.quoted = "";
        at += 1;
      }
      if (this.quoted !== null) {
        const close = text.indexOf('"', at);
        if (close === -1) {
          this.quoted += text.slice(at);
          return false;
        }
        this.quoted += text.slice(at, close);
        at = close + 1;
        if (text.charAt(at) === '"') {
          this.quoted += '"';
          at += 1;
          continue;
        }
      }
      const next = text.indexOf(delimiter, at);
      const rest = text.slice(at, next === -1 ? text.length : next);
      this.cells.push(this.quoted === null ? rest : this.quoted + (rest.trim() === "" ? "" : rest));
      this.quoted = null;
      if (next === -1) return true;
      at = next + delimiter.length;
    }
  }

  private readHeader({ cells, line }: Cells): ReadRow[] {
    const given = cells.map((cell) => cell.trim());
    // A spreadsheet's heading begins with a capital: "Prompt" is the column prompt.
    const columns = given.map((name) => {
      const known = this.knownAs(name);
      return known !== null && !given.includes(known) ? known : name;
    });
    const named = columns.filter((name) => name !== "");
    const twice = named.find((name, index) => named.indexOf(name) !== index);
    this.columns = columns;
    if (twice === undefined) return [];
    this.ended = true;
    return [{ place: { line }, message: `the column "${twice}" appears twice` }];
  }

  private toRow({ cells, line }: Cells, columns: readonly string[]): ReadRow[] {
    const surplus = cells.slice(columns.length).filter((cell) => cell.trim() !== "");
    if (surplus.length > 0)
      return [{ place: { line }, message: `the row has ${cells.length} fields, the header ${columns.length}` }];
    // Spreadsheets write rows of empty cells below a table that once was longer.
    if (cells.every((cell) => cell.trim() === "")) return [];
    const fields: Record<string, unknown> = {};
    for (const [index, column] of columns.entries()) {
      const cell = cells[index] ?? "";
      if (column !== "") fields[column] = cell;
      else if (cell !== "") fields[`column ${index + 1}`] = cell;
    }
    return [{ place: { line }, fields }];
  }

  /** Picks the delimiter under which most columns have a known name, or else the most frequent one. */
  private guessDelimiter(header: string): string {
    const namesBy = (delimiter: string) => {
      const reader = new CsvReader(() => null);
      reader.delimiter = delimiter;
      reader.readCells(header);
      return reader.cells.map((cell) => cell.trim());
    };
    const known = (delimiter: string) => namesBy(delimiter).filter((name) => this.knownAs(name) !== null).length;
    const score = (delimiter: string) => 1000 * known(delimiter) + namesBy(delimiter).length;
    return DELIMITERS.toSorted((a, b) => score(b) - score(a))[0] ?? ",";
  }
}
