import type { ReadRow } from "../place";
import type { ContainerReader } from "./container-reader";
import { rowOfJson } from "./row-of-json";

/** One JSON object a line; empty lines are passed over. */
export class JsonlReader implements ContainerReader {
  push(text: string, line: number): ReadRow[] {
    return text.trim() === "" ? [] : [rowOfJson(text, { line })];
  }

  end(): ReadRow[] {
    return [];
  }
}
