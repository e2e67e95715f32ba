import type { ReadRow } from "../place";
import type { ContainerReader } from "./container-reader";
import { rowOfJson } from "./row-of-json";

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 44, 91, 93, 123, 125];
const NEWLINE = 10;
const isSpace = (code: number) => code === 32 || code === 9 || code === NEWLINE || code === 13;

/**
 * Reads a file that is one JSON array, on one line or many. Its elements are cut out one by one, so that a file may
 * have any size.
 */
export class JsonArrayReader implements ContainerReader {
  private depth = 0;
  private inString = false;
  private escaped = false;
  private element = 0;
  private parts: string[] = [];
  private hasText = false;
  private afterComma = false;
  private startLine = 1;
  private closed = false;
  private stopped = false;

  push(piece: string, firstLine: number, isWhole: boolean): ReadRow[] {
    if (this.stopped) return [];
    const text = isWhole ? `${piece}\n` : piece;
    const rows: ReadRow[] = [];
    let line = firstLine;
    let start = this.depth > 0 ? 0 : -1;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) line += 1;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (code === BACKSLASH) this.escaped = true;
        else if (code === QUOTE) this.inString = false;
        continue;
      }
      if (isSpace(code)) continue;
      if (this.closed) return [...rows, this.stop(line, "there is more text after the end of the array")];
      if (this.depth === 0) {
        this.depth = 1;
        start = at + 1;
        this.startLine = line;
        continue;
      }
      if (this.depth === 1 && (code === COMMA || code === CLOSE_LIST)) {
        this.parts.push(text.slice(Math.max(start, 0), at));
        if (this.hasText) rows.push(this.take());
        else if (code === COMMA || this.afterComma)
          return [...rows, this.stop(line, "an element is missing beside a comma; nothing is read from here on")];
        this.parts = [];
        this.hasText = false;
        this.afterComma = code === COMMA;
        this.closed = code === CLOSE_LIST;
        start = at + 1;
        continue;
      }
      if (!this.hasText) {
        this.hasText = true;
        this.startLine = line;
      }
      if (code === QUOTE) this.inString = true;
      else if (code === OPEN_OBJECT || code === OPEN_LIST) this.depth += 1;
      else if (code === CLOSE_OBJECT || code === CLOSE_LIST) this.depth -= 1;
    }
    if (!this.closed && this.depth > 0) this.parts.push(text.slice(Math.max(start, 0)));
    return rows;
  }

  end(): ReadRow[] {
    return this.stopped || this.closed
      ? []
      : [this.stop(this.startLine, "not valid JSON: the array is not closed; is the file cut off?")];
  }

  private take(): ReadRow {
    const place = { line: this.startLine, element: this.element };
    this.element += 1;
    return rowOfJson(this.parts.join(""), place);
  }

  private stop(line: number, message: string): ReadRow {
    this.stopped = true;
    return { place: { line }, message };
  }
}
