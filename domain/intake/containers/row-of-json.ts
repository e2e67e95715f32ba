import { isObject } from "../is-object";
import type { Place, ReadRow } from "../place";
import { parseJson } from "./parse-json";

/** The row that one JSON text holds, or what is wrong with it. */
export function rowOfJson(text: string, place: Place): ReadRow {
  const parsed = parseJson(text);
  return "problem" in parsed ? { place, message: parsed.problem } : rowOfValue(parsed.value, place);
}

export function rowOfValue(value: unknown, place: Place): ReadRow {
  if (isObject(value)) return { place, fields: value };
  const what = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  return { place, message: `a record must be an object such as {"prompt": "…"}, but this is ${what}` };
}
