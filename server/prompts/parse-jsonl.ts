import type { ImportIssue } from "./import-refused";
import type { RawRow } from "./row-to-prompt";
import type { TextLine } from "./split-lines";

/** One JSON object a line; empty lines are passed over. */
export function parseJsonl(lines: readonly TextLine[]): { rows: RawRow[]; issues: ImportIssue[] } {
  const rows: RawRow[] = [];
  const issues: ImportIssue[] = [];
  for (const { line, text } of lines) {
    if (text.trim() === "") continue;
    const parsed = parseObject(text);
    if (typeof parsed === "string") issues.push({ line, message: parsed });
    else rows.push({ line, fields: parsed });
  }
  return { rows, issues };
}

/** The object, or what is wrong with the line. */
function parseObject(text: string): Record<string, unknown> | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const hint = text.trimStart().startsWith("[") ? "; a JSON array is no JSONL, which has one object a line" : "";
    return `not valid JSON: ${error.message}${hint}`;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const what = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  return `the line is ${what}; each line is an object such as {"prompt": "…"}`;
}
