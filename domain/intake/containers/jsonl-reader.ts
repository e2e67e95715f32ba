import type { ReadRow } from "../place";
import type { ContainerReader } from "./container-reader";
import { rowOfJson } from "./row-of-json";

/** Reads one JSON object a line and passes over empty lines. */
export class JsonlReader implements ContainerReader {
  push(text: string, line: number): ReadRow[] {
    return text.trim() === "" ? [] : [rowOfJson(text, { line })];
  }

  end(): ReadRow[] {
    return [];
  }
}
