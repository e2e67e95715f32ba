import { findControlTokens } from "@/domain/control-tokens";
import { promptHash } from "@/domain/datasets/split";
import { DomainError } from "@/domain/errors";
import { type ImportFile, MAX_FILE_BYTES, MAX_ROWS } from "./import-file";
import type { ImportIssue } from "./import-refused";
import { answerKey } from "./insert-answers";
import { parseCsv } from "./parse-csv";
import { parseJsonl } from "./parse-jsonl";
import type { ImportedAnswer } from "./row-to-answer";
import { KNOWN_FIELDS, type PromptOfRow, rowToPrompt } from "./row-to-prompt";
import { splitLines } from "./split-lines";

export type HashedPrompt = PromptOfRow & { hash: string };
export type HashedAnswer = { hash: string; answer: ImportedAnswer };

export interface ReadFile {
  /** The good rows, each text once. */
  prompts: HashedPrompt[];
  /** The answers that stand beside them, each once. */
  answers: HashedAnswer[];
  /** Good rows, repeated ones included. */
  total: number;
  /** Good rows that repeat an earlier one. */
  duplicates: number;
  ignoredFields: string[];
  /** Lines whose prompt or answer holds control tokens of chat templates. */
  controlTokenLines: number[];
  /** In the order of the lines. */
  issues: ImportIssue[];
}

/** Reads a file of prompts and finds every fault in it; nothing is written. */
export function readImportFile({ fileName, format, contentBase64 }: ImportFile): ReadFile {
  const bytes = Buffer.from(contentBase64, "base64");
  if (bytes.length !== Math.floor((contentBase64.replace(/=+$/, "").length * 3) / 4))
    throw new DomainError("import-broken", `${fileName}: not base64`, `${fileName} did not arrive whole. Try again.`);
  const { lines, issues } = splitLines(bytes);
  if (bytes.length > MAX_FILE_BYTES)
    issues.push({
      line: 0,
      message: `the file is ${(bytes.length / 1024 / 1024).toFixed(1)} MB; at most 10 MB are read`,
    });

  // Without its broken lines the quotes of a CSV no longer pair, so it is not looked at further.
  const parse = format === "jsonl" ? parseJsonl : parseCsv;
  const parsed = format === "csv" && issues.length > 0 ? { rows: [], issues: [] } : parse(lines);
  issues.push(...parsed.issues);
  const surplus = parsed.rows[MAX_ROWS];
  if (surplus) issues.push({ line: surplus.line, message: "the file has more than 100,000 rows" });

  const prompts = new Map<string, HashedPrompt>();
  const answers = new Map<string, HashedAnswer>();
  const ignored = new Set<string>();
  const controlTokenLines: number[] = [];
  let total = 0;
  for (const row of parsed.rows.slice(0, MAX_ROWS)) {
    for (const name of Object.keys(row.fields)) if (!KNOWN_FIELDS.has(name)) ignored.add(name);
    const prompt = rowToPrompt(row);
    if (!("messages" in prompt)) {
      issues.push(prompt);
      continue;
    }
    total += 1;
    if (textsOf(prompt).some((text) => findControlTokens(text).length > 0)) controlTokenLines.push(prompt.line);
    const hash = promptHash(prompt.messages);
    if (!prompts.has(hash)) prompts.set(hash, { ...prompt, hash });
    const { answer } = prompt;
    if (answer && !answers.has(answerKey(hash, answer))) answers.set(answerKey(hash, answer), { hash, answer });
  }
  if (total === 0 && issues.length === 0) issues.push({ line: 0, message: "is empty" });
  issues.sort((a, b) => a.line - b.line);
  const ignoredFields = [...ignored].slice(0, 50);
  return {
    prompts: [...prompts.values()],
    answers: [...answers.values()],
    total,
    duplicates: total - prompts.size,
    ignoredFields,
    controlTokenLines,
    issues,
  };
}

function textsOf({ messages, answer }: PromptOfRow): string[] {
  const answers = !answer ? [] : answer.kind === "demonstration" ? [answer.content] : [answer.chosen, answer.rejected];
  return [...messages.map(({ content }) => content), ...answers];
}
