import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { DEMO_PROJECT } from "@/domain/demo/project";
import type { Message } from "@/domain/messages";
import { invalidDataset } from "../data/dataset-source";
import { readDataset } from "../data/read-dataset";
import { reasonOf } from "../file-formats/file-errors";
import { type Chat, tokenizeExample } from "../tokenizer/tokenize-example";
import type { BenchSettings } from "./measurement";

type Pair = { prompt: Message[]; chosen: Message[]; rejected: Message[] };

/** The files in `folder` that both sides of a comparison read: the same text in the same order. */
export const benchFiles = (folder: string) => ({
  preferences: path.join(folder, "preferences.jsonl"),
  demonstrations: path.join(folder, "demonstrations.jsonl"),
  /** Demonstrations whose prompts generation completes. */
  prompts: path.join(folder, "prompts.jsonl"),
});

/**
 * Writes the data of a benchmark: the first `batchSize · steps` pairs (at least as many as there are prompts to
 * complete) that fit `maxLength` whole.
 *
 * @param file pairs to take, as JSONL of {prompt, chosen, rejected} or a .json list of ShareGPT conversations;
 * undefined for text made of the demo project's prompts
 */
export async function writeBenchData(
  folder: string,
  file: string | undefined,
  chat: Chat,
  settings: BenchSettings,
): Promise<void> {
  const all = file === undefined ? madeOfDemoPrompts(settings.maxLength) : await readPairs(file);
  const wanted = Math.max(settings.batchSize * settings.steps, settings.prompts);
  const pairs: Pair[] = [];
  for (const pair of all) {
    if (pairs.length === wanted) break;
    const longest = [pair.chosen, pair.rejected].map((completion) => {
      const { promptIds, completionIds } = tokenizeExample(chat, { prompt: pair.prompt, completion });
      return promptIds.length + completionIds.length;
    });
    if (Math.max(...longest) <= settings.maxLength) pairs.push(pair);
  }
  if (pairs.length < wanted) {
    const message = `${file ?? "the demo's text"}: only ${pairs.length} pairs are at most ${settings.maxLength} tokens long, ${wanted} are needed: fewer steps, a smaller batch or a larger maximum`;
    throw invalidDataset(message);
  }
  const { preferences, demonstrations, prompts } = benchFiles(folder);
  const trained = pairs.slice(0, settings.batchSize * settings.steps);
  const lines = (records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
  await mkdir(folder, { recursive: true });
  const asDemonstration = ({ prompt, chosen }: Pair) => ({ prompt, completion: chosen });
  await writeFile(preferences, lines(trained));
  await writeFile(demonstrations, lines(trained.map(asDemonstration)));
  await writeFile(prompts, lines(pairs.slice(0, settings.prompts).map(asDemonstration)));
}

/**
 * Makes text about as long as real answers, with a pair's two of different length. Its content does not matter to the
 * speed.
 */
function madeOfDemoPrompts(maxLength: number): Pair[] {
  const texts = DEMO_PROJECT.prompts.map(({ text }) => text);
  const answer = (from: number, spread: number): Message[] => {
    const characters = maxLength * (0.5 + 1.6 * spread);
    let content = "";
    for (let i = from; content.length < characters; i++) content += `${texts[i % texts.length]} `;
    return [{ role: "assistant", content: content.slice(0, characters).trim() }];
  };
  return texts.map((text, i) => ({
    prompt: [{ role: "user", content: text }],
    chosen: answer(i + 1, ((i * 7919) % 97) / 97),
    rejected: answer(i + 2, ((i * 104_729) % 89) / 89),
  }));
}

const conversationSchema = z.object({
  conversations: z.array(z.object({ from: z.string(), value: z.string() })).min(1),
  chosen: z.object({ value: z.string() }),
  rejected: z.object({ value: z.string() }),
});
const ROLES: Record<string, Message["role"]> = { human: "user", gpt: "assistant", system: "system" };

async function readPairs(file: string): Promise<Pair[]> {
  if (file.endsWith(".json")) return readConversations(file);
  const { train, validation } = await readDataset("preference", file);
  return [...train, ...validation].map(({ prompt, chosen, rejected }) => ({ prompt, chosen, rejected }));
}

async function readConversations(file: string): Promise<Pair[]> {
  const result = z.array(conversationSchema).safeParse(await readJson(file));
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw invalidDataset(`${file}: ${issue.path.join(".")}: ${issue.message}`);
  }
  return result.data.map(({ conversations, chosen, rejected }) => ({
    prompt: conversations.map(({ from, value }) => ({ role: ROLES[from] ?? "user", content: value })),
    chosen: [{ role: "assistant", content: chosen.value }],
    rejected: [{ role: "assistant", content: rejected.value }],
  }));
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw invalidDataset(`${file}: can't be read as JSON (${reasonOf(error)})`, error);
  }
}
