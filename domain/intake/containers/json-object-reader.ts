import { isProblem, type ReadRow } from "../place";
import type { ContainerReader } from "./container-reader";
import { rowOfJson, rowOfValue } from "./row-of-json";
import { ROW_KEYS } from "./sniff";

/**
 * Reads a file that is one JSON object over several lines: a record by itself, or a wrapper around a list of records.
 */
export class JsonObjectReader implements ContainerReader {
  private readonly parts: string[] = [];

  push(text: string, _line: number, isWhole: boolean): ReadRow[] {
    this.parts.push(isWhole ? `${text}\n` : text);
    return [];
  }

  end(): ReadRow[] {
    const row = rowOfJson(this.parts.join(""), { line: 1 });
    if (isProblem(row)) return [row];
    const lists = Object.entries(row.fields).filter(([, value]) => isListOfObjects(value));
    const [only] = lists;
    const isWrapper = only !== undefined && lists.length === 1 && ROW_KEYS.includes(only[0]);
    if (!isWrapper) return [row];
    return (only[1] as unknown[]).map((value, element) => rowOfValue(value, { line: 1, element }));
  }
}

const isListOfObjects = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "object" && one !== null);
