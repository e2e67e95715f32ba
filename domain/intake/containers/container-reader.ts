import type { ReadRow } from "../place";

/** Takes the text of a file piece by piece and gives its rows as they come. */
export interface ContainerReader {
  /** @param text of one line without its end, or (`isWhole` false) a piece that goes on in the next one */
  push(text: string, line: number, isWhole: boolean): ReadRow[];
  end(): ReadRow[];
}
