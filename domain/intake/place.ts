/** The place of a row in its file. */
export interface Place {
  /** The line, counted from 1 as an editor counts; 0 is the file as a whole, or a row of a file without lines (Parquet). */
  line: number;
  /** The index in a JSON array or a Parquet file, counted from 0 as in `file.json[2]`. */
  element?: number;
}

/** A row as its file has it. */
export interface RawRow {
  place: Place;
  fields: Record<string, unknown>;
}

/** A problem of one row, or of the file as a whole. */
export interface RowProblem {
  place: Place;
  /** The key that is wrong, as in `messages.0.role`. */
  field?: string;
  message: string;
}

export type ReadRow = RawRow | RowProblem;

export const isProblem = (row: object): row is RowProblem => "message" in row;

/** Tells whether a place is the file as a whole; the rows of a Parquet file have no line either, but an index. */
export const isWholeFile = ({ line, element }: Place): boolean => line === 0 && element === undefined;

/** Writes a place in words: `pairs.jsonl:3`, `pretty.json[2]`, or the name alone for the file as a whole. */
export function placeText(name: string, { line, element }: Place): string {
  if (element !== undefined) return `${name}[${element}]`;
  return line > 0 ? `${name}:${line}` : name;
}
