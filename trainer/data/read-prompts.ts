import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { RowProblem } from "@/domain/intake/place";
import { readRow } from "@/domain/intake/read-row";
import type { Message } from "@/domain/messages";
import { invalidDataset, isFolder } from "./dataset-source";
import { IntakeNotes } from "./intake-notes";
import { readRows } from "./read-rows";
import { toMessages } from "./records";
import type { LeftOutCounter } from "./tokenize-dataset";

/** A prompt to write completions for. */
export type PromptRecord = {
  /** The file and line of the prompt. */
  place: string;
  prompt: Message[];
  /** The answer that a computed reward may compare with. */
  answer: string | null;
};

export type Prompts = { records: number; train: PromptRecord[]; validation: PromptRecord[]; notes: IntakeNotes };

/**
 * Reads the prompts of any records, each prompt once: what was preferred there does not matter.
 *
 * @param dataset a JSONL file, or a dataset version's folder: its `prompts*.jsonl` where it has some, else all records
 * @param validationDataset a file, or such a folder, whose prompts are all validation, whatever they say of their split
 * @param options.skipBadRows whether rows with a fault are left out and counted, instead of refusing the file
 * @throws DomainError `dataset-invalid` naming file, line and key
 */
export async function readPrompts(
  dataset: string,
  leftOut: LeftOutCounter,
  validationDataset?: string,
  { skipBadRows = false }: { skipBadRows?: boolean } = {},
): Promise<Prompts> {
  const result: Prompts = { records: 0, train: [], validation: [], notes: new IntakeNotes() };
  const seen = new Set<string>();
  const files = (await filesOf(dataset)).map((path) => ({ path, isHeld: false }));
  if (validationDataset !== undefined) {
    files.push(...(await filesOf(validationDataset)).map((path) => ({ path, isHeld: true })));
  }
  for (const { path, isHeld } of files) {
    const name = basename(path);
    const refuse = (at: string, message: string) => {
      result.records += 1;
      result.notes.refuse(at, message);
      leftOut.add("refusedRow", at);
    };
    for await (const { at, row } of readRows(path, name, skipBadRows ? refuse : undefined)) {
      const read = readRow(row);
      const problem =
        "message" in read ? describeProblem(read) : "items" in read && read.items.length === 0 ? NO_PROMPT : null;
      if (problem !== null) {
        if (!skipBadRows) throw invalidDataset(`${at}: ${problem}`);
        refuse(at, problem);
        continue;
      }
      if ("message" in read) continue;
      if ("notLearned" in read) {
        result.records += 1;
        leftOut.add("weightZero", at);
        continue;
      }
      for (const { prompt: turns, answer, split } of read.items) {
        const prompt = toMessages(turns);
        result.records += 1;
        const key = JSON.stringify(prompt);
        if (split === "test") leftOut.add("testSplit", at);
        else if (seen.has(key)) leftOut.add("samePrompt", at);
        else result[isHeld ? "validation" : (split ?? "train")].push({ place: at, prompt, answer });
        seen.add(key);
      }
      // Ignored keys of the record are named; those of its completions are not, because completions are not used.
      for (const ignored of read.ignored) result.notes.ignore(ignored, at);
    }
  }
  return result;
}

const NO_PROMPT =
  "prompt: it is missing; a record needs prompt (messages or a text), or messages that end with the assistant's turn";

function describeProblem({ field, message }: RowProblem): string {
  const isMissing =
    (field === undefined && message.startsWith("needs ")) || (field === "prompt" && message.startsWith("is missing"));
  return isMissing ? NO_PROMPT : `${field === undefined ? "" : `${field}: `}${message}`;
}

async function filesOf(dataset: string): Promise<string[]> {
  if (!(await isFolder(dataset))) return [dataset];
  const records = (await readdir(dataset)).filter((name) => name.endsWith(".jsonl")).sort();
  const prompts = records.filter((name) => name.startsWith("prompts"));
  const files = prompts.length > 0 ? prompts : records;
  if (files.length === 0) throw invalidDataset(`${dataset}: the folder has no .jsonl, so no prompts to answer`);
  return files.map((name) => join(dataset, name));
}
