import type { ReadRow } from "../place";

/** Takes the text of a file piece by piece and gives its rows as they come. */
export interface ContainerReader {
  /**
   * @param text one line without its end, or (where `isWhole` is false) a piece of a line that goes on in the next
   * piece
   */
  push(text: string, line: number, isWhole: boolean): ReadRow[];
  end(): ReadRow[];
}
