import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { implicitPrompt } from "@/domain/datasets/implicit-prompt";
import type { Message } from "@/domain/messages";
import { invalidDataset, isFolder, readJsonLines } from "./jsonl-lines";
import type { LeftOutCounter } from "./tokenize-dataset";
import { turnsOrText } from "./turns";

/** A prompt to write completions of. */
export type PromptRecord = {
  /** File and line. */
  place: string;
  prompt: Message[];
  /** What a computed reward may compare with. */
  answer: string | null;
};

export type Prompts = { records: number; train: PromptRecord[]; validation: PromptRecord[] };

const lineSchema = z.object({
  prompt: turnsOrText("user").refine((given) => given.some(({ content }) => content !== ""), "is empty"),
  answer: z.string().nullish(),
  split: z.enum(["train", "validation", "test"]).default("train"),
});

/**
 * Reads the prompts of any records, each prompt once: what was preferred there does not matter.
 *
 * @param dataset a JSONL file, or a dataset version's folder: its `prompts*.jsonl` where it has some, else all records
 * @throws DomainError `dataset-invalid` naming file, line and key
 */
export async function readPrompts(dataset: string, leftOut: LeftOutCounter): Promise<Prompts> {
  const result: Prompts = { records: 0, train: [], validation: [] };
  const seen = new Set<string>();
  for (const path of await filesOf(dataset)) {
    const name = basename(path);
    for await (const { line, value } of readJsonLines(path, name)) {
      const place = `${name}:${line}`;
      const { prompt, answer, split } = parse(value, place);
      result.records += 1;
      const key = JSON.stringify(prompt);
      if (split === "test") leftOut.add("testSplit", place);
      else if (seen.has(key)) leftOut.add("samePrompt", place);
      else result[split].push({ place, prompt, answer: answer ?? null });
      seen.add(key);
    }
  }
  return result;
}

function parse(value: unknown, at: string): z.output<typeof lineSchema> {
  const needs = "a record needs prompt (messages or a text), or messages that end with the assistant's turn";
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalidDataset(`${at}: ${needs}`);
  const result = lineSchema.safeParse("prompt" in value ? value : { ...value, prompt: promptOf(value) });
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const key = issue?.path.join(".") ?? "";
  if (!("prompt" in value) && key === "prompt") throw invalidDataset(`${at}: prompt: it is missing; ${needs}`);
  throw invalidDataset(`${at}: ${key}: ${issue?.message.replace(/^Invalid input: /, "") ?? "is not valid"}`);
}

/** Of a conversation, of two that begin alike, and of an instruction. */
function promptOf(value: object): unknown {
  const { messages: turns, chosen, rejected, instruction, input } = value as Record<string, unknown>;
  if (Array.isArray(turns)) return turns.at(-1)?.role === "assistant" ? turns.slice(0, -1) : turns;
  if (typeof instruction !== "string") return implicitPrompt(chosen, rejected)?.prompt;
  return typeof input === "string" && input !== "" ? `${instruction}\n\n${input}` : instruction;
}

async function filesOf(dataset: string): Promise<string[]> {
  if (!(await isFolder(dataset))) return [dataset];
  const records = (await readdir(dataset)).filter((name) => name.endsWith(".jsonl")).sort();
  const prompts = records.filter((name) => name.startsWith("prompts"));
  const files = prompts.length > 0 ? prompts : records;
  if (files.length === 0) throw invalidDataset(`${dataset}: the folder has no .jsonl, so no prompts to answer`);
  return files.map((name) => join(dataset, name));
}
