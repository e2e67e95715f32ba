import { basename } from "node:path";
import { z } from "zod";
import type { IntakeItem, Said } from "@/domain/intake/items";
import { readRow } from "@/domain/intake/read-row";
import { isFinished, type Turn } from "@/domain/intake/turns";
import type { Message } from "@/domain/messages";
import { invalidDataset } from "../data/dataset-source";
import { IntakeNotes } from "../data/intake-notes";
import { nameControlTokens, oddityWarnings } from "../data/preflight";
import { type PlacedRow, readRows } from "../data/read-rows";
import { toMessages } from "../data/records";
import { LeftOutCounter } from "../data/tokenize-dataset";
import type { LoadedModel } from "../models/load-model";
import { controlTokensOf } from "../tokenizer/control-tokens";
import { mapLines } from "./skip-bad-rows";

const idsSchema = z.array(z.number().int().min(0)).min(1, "is empty");

/** One row of the input of `score` or `generate`, with its place for messages ("prompts.jsonl:3"). */
export type InputLine = { at: string } & (
  | { ids: number[] }
  | {
      prompt: Message[];
      completion: Message[] | null;
      /** False where the completion was cut at the token limit. */
      finished: boolean;
    }
);

export interface ModelInput {
  lines: InputLine[];
  /** Keys that are not read. */
  notes: IntakeNotes;
}

/**
 * Reads rows of `ids`, or of a prompt (with a completion, where asked for) in any of the formats that training reads.
 *
 * @param wants.skipBadRows whether rows with a fault are left out and noted, instead of refusing the file
 * @throws DomainError `dataset-invalid` naming file, line and key
 */
export async function readModelInput(file: string, wants: InputWishes): Promise<ModelInput> {
  const name = basename(file);
  const notes = new IntakeNotes();
  const rows: PlacedRow[] = [];
  const refuse = (at: string, message: string) => notes.refuse(at, message);
  for await (const placed of readRows(file, name, wants.skipBadRows ? refuse : undefined)) rows.push(placed);
  const read = (placed: PlacedRow): InputLine => {
    const { at, row } = placed;
    return Object.hasOwn(row.fields, "ids")
      ? { at, ids: check(idsSchema, row.fields.ids, `${at}: ids`) }
      : readTexts(placed, wants, notes);
  };
  return { lines: mapLines(rows, read, notes, wants.skipBadRows ?? false).made, notes };
}

type InputWishes = { completion: boolean; skipBadRows?: boolean };

function readTexts({ at, row }: PlacedRow, wants: InputWishes, notes: IntakeNotes): InputLine {
  const needs = wants.completion ? "ids, or prompt and completion" : "ids or prompt";
  const missing = (key: string) => invalidDataset(`${at}: ${key}: it is missing; a line needs ${needs}`);
  // A weight says what is learned of a record, and nothing of it is learned here.
  const { weight, ...fields } = row.fields;
  const read = readRow({ place: row.place, fields });
  if ("message" in read) {
    const { field, message } = read;
    if (field === undefined && message.startsWith("needs ")) throw missing("prompt");
    if (field === "prompt" && message.startsWith("is missing")) throw missing("prompt");
    throw invalidDataset(`${at}: ${field === undefined ? "" : `${field}: `}${message}`);
  }
  const [item, second] = "items" in read ? read.items : [];
  if (!item || !("items" in read)) throw missing("prompt");
  // A line out for each line in: whoever reads the answers counts on it.
  if (second && (wants.completion || !isOnePrompt(read.items)))
    throw invalidDataset(`${at}: it holds ${read.items.length} examples; a line needs one (${needs})`);
  const completion = wants.completion ? completionOf(item.said) : null;
  if (wants.completion && completion === null) throw missing("completion");
  for (const key of read.ignored) notes.ignore(key, at);
  if (weight !== undefined && weight !== null) notes.ignore("weight", at);
  return {
    at,
    prompt: toMessages(item.prompt),
    completion: completion && toMessages(completion),
    finished: completion === null || isFinished(completion),
  };
}

/** Says which rows hold control tokens of the model in their texts, where it reads them as turns and not as text. */
export function controlTokenNotes(lines: readonly InputLine[], tokenizer: LoadedModel["tokenizer"]): string[] {
  const counter = new LeftOutCounter();
  const texts = lines.flatMap((line) =>
    "ids" in line ? [] : [{ place: line.at, prompt: line.prompt, completion: line.completion ?? [] }],
  );
  nameControlTokens(texts, controlTokensOf(tokenizer), counter);
  return oddityWarnings(counter.list(), "row").map(({ message }) => message);
}

const isOnePrompt = (items: readonly IntakeItem[]): boolean =>
  new Set(items.map(({ prompt }) => JSON.stringify(toMessages(prompt)))).size === 1;

/** The one completion that a row holds; null where it holds none or several. */
function completionOf(said: Said): Turn[] | null {
  if (said.kind === "demonstration" || said.kind === "unpaired") return said.completion;
  const [only, second] = said.kind === "rating" ? said.completions : [];
  return only && !second ? only.turns : null;
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, at: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.length ? `.${issue.path.join(".")}` : "";
  throw invalidDataset(`${at}${path}: ${issue?.message.replace(/^Invalid input: /, "") ?? "is not valid"}`);
}
