import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import { type ForwardGolden, goldensFolder, readGolden } from "../fixtures/goldens";
import { type ScoreCommand, score } from "./score";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-score-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(
  model: string,
  lines: unknown[],
  adapter?: string,
  options: Partial<ScoreCommand> = {},
): Promise<Record<string, unknown>[]> {
  const input = path.join(folder, "input.jsonl");
  await writeFile(input, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  const written: string[] = [];
  try {
    await score({
      model: path.join(goldensFolder, model),
      input,
      write: (line) => written.push(line),
      ...(adapter && { adapter: path.join(goldensFolder, adapter) }),
      ...options,
    });
  } catch (error) {
    expect(written).toEqual([]); // no half-written file is left
    throw error;
  }
  return written.map((line) => JSON.parse(line));
}

const sum = (values: unknown) => (values as number[]).reduce((total, value) => total + value, 0);
const user = [{ role: "user", content: "Hi" }];
const assistant = [{ role: "assistant", content: "Hello!" }];

describe("score", () => {
  it.each(["llama", "gpt2"] as const)("reproduces the log-prob sums of %s, in order", async (family) => {
    const examples = (await readGolden<Record<string, ForwardGolden[]>>("forward.json"))[family]!;
    const scored = await run(
      family,
      // Forty copies make several batches, of which the first runs op by op and later ones are compiled.
      Array.from({ length: 40 }, () => examples.map(({ ids }) => ({ ids }))).flat(),
    );
    expect(scored).toHaveLength(40 * examples.length);
    scored.forEach(({ logProbs }, line) => {
      const i = line % examples.length;
      expect(logProbs).toHaveLength(examples[i]!.ids.length - 1);
      expect(Math.abs(sum(logProbs) / examples[i]!.logprob_sum - 1)).toBeLessThan(5e-4);
    });
  });

  it("scores the completion's tokens only, end of turn included", async () => {
    const [scored] = await run("llama", [{ prompt: user, completion: assistant }]);
    const [longer] = await run("llama", [{ prompt: [...user, ...assistant, ...user], completion: assistant }]);
    expect((longer!.logProbs as number[]).length).toBe((scored!.logProbs as number[]).length);
    expect(longer!.logProbs).not.toEqual(scored!.logProbs);
  });

  it("gives what an adapter changes", async () => {
    const line = { prompt: user, completion: assistant };
    const [[base], [adapted]] = [await run("llama", [line]), await run("llama", [line], "llama-lora")];
    expect(adapted!.logProbs).not.toEqual(base!.logProbs);
  });

  it("leaves rows with a fault out where it is told to, and says which row each line scores", async () => {
    const notes: string[] = [];
    const lines = [
      '{"ids": [1, 2',
      { ids: [1, 2] },
      { prompt: user, completion: 7 },
      { prompt: user, completion: assistant },
    ];
    const options = { skipBadRows: true, note: (line: string) => notes.push(line) };
    const scored = await run("llama", lines, undefined, options);
    expect(scored.map(({ row }) => row)).toEqual(["input.jsonl:2", "input.jsonl:4"]);
    expect(notes).toEqual([
      expect.stringMatching(/:1: not valid JSON/),
      expect.stringMatching(/:3: completion: must be text/),
    ]);
  });

  it("gives a reward model's scalar", async () => {
    const rewards = await run("llama-reward", [{ prompt: user, completion: assistant }, { ids: [1, 87, 85, 2] }]);
    expect(rewards.map((line) => Object.keys(line))).toEqual([["reward"], ["reward"]]);
    expect(rewards[0]!.reward).not.toBe(rewards[1]!.reward);
  });

  it("scores a single token and no lines at all", async () => {
    expect(await run("llama", [{ ids: [1] }])).toEqual([{ logProbs: [] }]);
    expect(await run("llama", [])).toEqual([]);
  });

  it.each([
    ["broken JSON", [{ ids: [1, 2] }, "{"], /^input\.jsonl:2: not valid JSON/],
    ["a missing key", [{ prompt: user }], /^input\.jsonl:1: completion: it is missing/],
    ["no numbers", [{ ids: [1, "a"] }], /^input\.jsonl:1: ids\.1: /],
    [
      "an unknown token",
      [{ ids: [1] }, { ids: [1, 512] }],
      /^input\.jsonl:2: ids: token id 512 is not in the model's vocabulary/,
    ],
    [
      "too long a line",
      [{ ids: new Array(513).fill(1) }],
      /^input\.jsonl:1: ids: 513 tokens do not fit the model's context of 512/,
    ],
  ])("refuses %s in one line", async (_, lines, expected) => {
    const error: unknown = await run("llama", lines).catch((caught) => caught);
    expect(error).toBeInstanceOf(DomainError);
    expect((error as DomainError).userMessage).toMatch(expected);
    expect((error as DomainError).userMessage).not.toContain("\n");
  });
});
