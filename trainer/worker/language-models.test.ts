import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { TextEvent, TextRequest } from "@/domain/generations/write-text";
import type { ScoreEvent } from "@/domain/scores/score-completions";
import { score as scoreFile } from "../cli/score";
import { loadBackend } from "../engine/backend";
import { writeEnsemble } from "../file-formats/ensemble-folder";
import { readSafetensors, writeSafetensors } from "../file-formats/safetensors";
import { goldensFolder } from "../fixtures/goldens";
import { createLanguageModels, describeProgress } from "./language-models";

beforeAll(async () => {
  await loadBackend();
});

const request = (more: Partial<TextRequest> = {}): TextRequest => ({
  model: { model: "tiny" },
  prompts: [{ messages: [{ role: "user", content: "Hello there" }], seed: 1 }],
  samples: 1,
  temperature: 1,
  topP: 0.95,
  maxTokens: 12,
  interactive: false,
  signal: new AbortController().signal,
  onActivity: () => undefined,
  ...more,
});

async function all(events: AsyncIterable<TextEvent>): Promise<TextEvent[]> {
  const list: TextEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}
const contents = (events: TextEvent[]) =>
  events.flatMap((event) => (event.type === "completion" ? [[event.prompt, event.sample, event.content]] : [])).sort();

describe("the language models of the worker", () => {
  it("stream a text whose pieces are the completion", async () => {
    const { writeText, dispose } = createLanguageModels();
    const events = await all(writeText(request({ interactive: true })));
    const text = events.flatMap((event) => (event.type === "text" ? [event.text] : [])).join("");
    const end = events.at(-1);
    if (end?.type !== "completion") throw new Error("no completion at the end");
    expect(end.content.startsWith(text)).toBe(true); // at its end a text may hold back an unfinished character
    expect(end.tokens).toBeGreaterThan(0);
    await dispose();
  });

  it("give a prompt the same completions alone and among others", async () => {
    const { writeText, dispose } = createLanguageModels();
    const prompts = ["One", "A second, longer prompt", "Three"].map((content, place) => ({
      messages: [{ role: "user" as const, content }],
      seed: 10 + place,
    }));
    const together = contents(await all(writeText(request({ prompts, samples: 2 }))));
    const alone = contents(await all(writeText(request({ prompts: prompts.slice(1, 2), samples: 2 }))));
    expect(together).toHaveLength(6);
    expect(alone.map(([, sample, content]) => [sample, content])).toEqual(
      together.filter(([prompt]) => prompt === 1).map(([, sample, content]) => [sample, content]),
    );
    await dispose();
  });

  it("refuse a prompt longer than the context and complete the others", async () => {
    const { writeText, dispose } = createLanguageModels();
    const long = { messages: [{ role: "user" as const, content: "word ".repeat(20_000) }], seed: 2 };
    const events = await all(writeText(request({ prompts: [long, ...request().prompts] })));
    expect(events.find((event) => event.type === "refused")).toMatchObject({ prompt: 0 });
    expect(contents(events).map(([prompt]) => prompt)).toEqual([1]);
    await dispose();
  });

  it("let a person's request through while background work is under way", async () => {
    const { writeText, dispose } = createLanguageModels();
    const background = writeText(request({ maxTokens: 60, samples: 4 }))[Symbol.asyncIterator]();
    await background.next();
    const person = writeText(request({ interactive: true }))[Symbol.asyncIterator]();
    await person.next();
    let overtaken = false;
    const next = background.next().then(() => {
      overtaken = true;
    });
    while (!(await person.next()).done) expect(overtaken).toBe(false);
    await next; // the background work goes on as soon as nobody waits
    await background.return?.();
    await dispose();
  });

  it("score with an ensemble by the mean of its members", async () => {
    const { scoreCompletions, dispose } = createLanguageModels();
    const folder = await mkdtemp(path.join(tmpdir(), "tuneloop-ensemble-"));
    const members = [path.join(goldensFolder, "llama-reward"), path.join(folder, "other")];
    await cp(members[0] as string, members[1] as string, { recursive: true });
    const weights = path.join(members[1] as string, "model.safetensors");
    const { tensors } = await readSafetensors(weights);
    const head = tensors.get("score.weight");
    const data = Float32Array.from(head?.data ?? [], (value) => value * 3);
    await writeSafetensors(
      weights,
      new Map([...tensors, ["score.weight", { dtype: "F32" as const, shape: head?.shape ?? [], data }]]),
    );
    const ensemble = path.join(folder, "ensemble");
    await writeEnsemble(ensemble, members);
    const scoreOf = async (model: string) => {
      const completions = [
        { prompt: [{ role: "user" as const, content: "Hello there" }], content: "Hi.", finished: true },
      ];
      const events: ScoreEvent[] = [];
      const request = { model: { model }, completions, interactive: true, signal: new AbortController().signal };
      for await (const event of scoreCompletions({ ...request, onActivity: () => undefined })) events.push(event);
      return events.flatMap((event) => (event.type === "score" ? [event.score] : []));
    };
    const [one] = await scoreOf(members[0] as string);
    expect(await scoreOf(ensemble)).toEqual([expect.closeTo(2 * (one ?? Number.NaN), 4)]);
    await dispose();
    await rm(folder, { recursive: true });
  });

  it("score completions as the command line does, refuse what is too long, and refuse a model without a head", async () => {
    const { scoreCompletions, dispose } = createLanguageModels();
    const prompt = [{ role: "user" as const, content: "Hello there" }];
    const reward = path.join(goldensFolder, "llama-reward");
    const completions = ["Hi.", "word ".repeat(20_000), "A longer answer, of several words."];
    const score = (model: string, contents = completions) =>
      scoreCompletions({
        model: { model },
        completions: contents.map((content) => ({ prompt, content, finished: true })),
        interactive: true,
        signal: new AbortController().signal,
        onActivity: () => undefined,
      });
    const events: ScoreEvent[] = [];
    for await (const event of score(reward)) events.push(event);
    const lines = [completions[0], completions[2]].map((content) => ({
      prompt,
      completion: [{ role: "assistant", content }],
    }));
    const folder = await mkdtemp(path.join(tmpdir(), "tuneloop-score-"));
    const input = path.join(folder, "input.jsonl");
    await writeFile(input, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const written: string[] = [];
    await scoreFile({ model: reward, input, write: (line) => written.push(line) });
    await rm(folder, { recursive: true });
    const rewards = written.map((line) => (JSON.parse(line) as { reward: number }).reward);
    expect(events).toEqual([
      { type: "refused", completion: 1, reason: expect.stringContaining("do not fit the model's context") },
      { type: "score", completion: 0, score: expect.closeTo(rewards[0] ?? Number.NaN, 5) },
      { type: "score", completion: 2, score: expect.closeTo(rewards[1] ?? Number.NaN, 5) },
    ]);
    await expect(async () => {
      for await (const _ of score("tiny")) break;
    }).rejects.toThrow("no reward head");
    await dispose();
  });

  it("stop at once when the signal aborts, and leave no tensors behind", async () => {
    const { writeText, dispose } = createLanguageModels();
    await all(writeText(request()));
    await dispose();
    const before = tf.memory().numTensors;
    const second = createLanguageModels();
    const stop = new AbortController();
    const events = second.writeText(request({ maxTokens: 200, signal: stop.signal }))[Symbol.asyncIterator]();
    await events.next();
    stop.abort(new Error("enough"));
    await expect(
      (async () => {
        while (!(await events.next()).done);
      })(),
    ).rejects.toThrow("enough");
    await second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("say how far a download is", () => {
    const progress = { stage: "downloading" as const, message: "Downloading SmolLM2" };
    expect(describeProgress({ ...progress, bytes: 41e6, totalBytes: 93e6 })).toBe("Downloading SmolLM2: 41 of 93 MB");
    expect(describeProgress(progress)).toBe("Downloading SmolLM2");
  });
});
