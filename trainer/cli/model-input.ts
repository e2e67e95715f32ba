import { basename } from "node:path";
import { z } from "zod";
import { type Message, messageSchema } from "@/domain/messages";
import { invalidDataset, readJsonLines } from "../data/jsonl-lines";

const idsSchema = z.array(z.number().int().min(0)).min(1, "is empty");
const messagesSchema = z.array(messageSchema).min(1, "is empty");
const finishedSchema = z.boolean();

/** One line of the input of `score` or `generate`, with its place for messages ("prompts.jsonl:3"). */
export type InputLine = { at: string } & (
  | { ids: number[] }
  | {
      prompt: Message[];
      completion: Message[] | null;
      /** False for a completion that was cut at the token limit. */
      finished: boolean;
    }
);

/**
 * Reads lines `{ids}` or `{prompt}` (with `{completion}`, and `finished` beside it, if completions are asked for);
 * other keys are ignored.
 * @throws DomainError `dataset-invalid` naming file, line and key
 */
export async function readModelInput(file: string, wants: { completion: boolean }): Promise<InputLine[]> {
  const name = basename(file);
  const lines: InputLine[] = [];
  for await (const { line, value } of readJsonLines(file, name)) {
    const at = `${name}:${line}`;
    const needs = wants.completion ? "ids, or prompt and completion" : "ids or prompt";
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw invalidDataset(`${at}: a line must be an object with ${needs}`);
    }
    const record = value as Record<string, unknown>;
    if ("ids" in record) {
      lines.push({ at, ids: check(idsSchema, record.ids, `${at}: ids`) });
      continue;
    }
    for (const key of wants.completion ? ["prompt", "completion"] : ["prompt"]) {
      if (!(key in record)) throw invalidDataset(`${at}: ${key}: it is missing; a line needs ${needs}`);
    }
    const prompt = check(messagesSchema, record.prompt, `${at}: prompt`);
    const completion = wants.completion ? check(messagesSchema, record.completion, `${at}: completion`) : null;
    const finished = wants.completion ? check(finishedSchema, record.finished ?? true, `${at}: finished`) : true;
    lines.push({ at, prompt, completion, finished });
  }
  return lines;
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, at: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.length ? `.${issue.path.join(".")}` : "";
  throw invalidDataset(`${at}${path}: ${issue?.message.replace(/^Invalid input: /, "") ?? "is not valid"}`);
}
