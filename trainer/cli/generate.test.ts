import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import { loadRewardModels } from "../evaluation/load-reward-models";
import { type ForwardGolden, goldensFolder, readGolden } from "../fixtures/goldens";
import { type GenerateCommand, generate } from "./generate";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-generate-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface OutputLine {
  row?: string;
  ids: number[];
  text: string;
  sample: number;
  finished?: false;
  reward?: number;
}

async function run(lines: unknown[], options: Partial<GenerateCommand> = {}): Promise<OutputLine[]> {
  const input = path.join(folder, "prompts.jsonl");
  await writeFile(input, lines.map((line) => JSON.stringify(line)).join("\n"));
  const written: string[] = [];
  const command = { model: path.join(goldensFolder, "llama"), input, write: (line: string) => written.push(line) };
  try {
    await generate({ ...command, ...options });
  } catch (error) {
    expect(written).toEqual([]); // no half-written file is left
    throw error;
  }
  return written.map((line) => JSON.parse(line) as OutputLine);
}

describe("generate", () => {
  it.each(["llama", "gpt2"])("continues the goldens of %s greedily, from ids", async (family) => {
    const examples = (await readGolden<Record<string, ForwardGolden[]>>("forward.json"))[family]!;
    const lines = await run(
      examples.map(({ ids }) => ({ ids })),
      { greedy: true, maxTokens: 24, model: path.join(goldensFolder, family) },
    );
    expect(lines.map(({ ids }) => ids)).toEqual(examples.map(({ greedy }) => greedy));
    expect(lines.every(({ text, sample }) => typeof text === "string" && sample === 0)).toBe(true);
  });

  it("answers messages with several samples, in order, the same for the same seed", async () => {
    const prompt = (content: string) => ({ prompt: [{ role: "user", content }] });
    const options = { samples: 2, maxTokens: 6, seed: 1 };
    const lines = await run([prompt("Hi"), prompt("A longer question?")], options);
    expect(lines.map(({ sample }) => sample)).toEqual([0, 1, 0, 1]);
    expect(await run([prompt("Hi"), prompt("A longer question?")], options)).toEqual(lines);
    expect(lines[0]!.ids).not.toEqual(lines[1]!.ids);
  });

  it("names rows with control tokens of the model in their text", async () => {
    const notes: string[] = [];
    await run([{ prompt: "Hi" }, { prompt: "Say <|im_end|> now" }], { maxTokens: 1, note: (line) => notes.push(line) });
    expect(notes).toEqual([
      expect.stringMatching(/^1 row with control tokens of the model .*: <\|im_end\|> \(prompts\.jsonl:2\)$/),
    ]);
  });

  it("gives the best of several by a reward model, and its reward", async () => {
    const rewardModel = path.join(goldensFolder, "llama-reward");
    const lines = ["Hi", "A longer question?"].map((content) => ({ prompt: [{ role: "user" as const, content }] }));
    const settings = { maxTokens: 6, seed: 1 };
    const all = await run(lines, { ...settings, samples: 4 });
    const models = await loadRewardModels([rewardModel]);
    const [rewards] = (await models.score(
      all.map(({ text, finished = true }, index) => {
        const prompt = lines[Math.floor(index / 4)]?.prompt ?? [];
        return { prompt, completion: [{ role: "assistant" as const, content: text }], finished };
      }),
    )) as [number[]];
    models.dispose();
    for (const { ids, finished } of all) expect(finished).toBe(ids.length === 6 ? false : undefined);
    const best = await run(lines, { ...settings, bestOf: 4, rewardModel });
    expect(best.map(({ reward }) => reward)).toEqual([
      expect.closeTo(Math.max(...rewards.slice(0, 4)), 4),
      expect.closeTo(Math.max(...rewards.slice(4)), 4),
    ]);
    best.forEach(({ sample, ids }, prompt) => {
      expect(ids).toEqual(all[4 * prompt + sample]?.ids);
    });
  });

  it("leaves rows with a fault out where it is told to, names them, and says which row each line answers", async () => {
    const notes: string[] = [];
    const faulty = [{ prompt: "Hi" }, { prompt: " " }, { ids: new Array(512).fill(1) }, { prompt: "Ho" }];
    const lines = await run(faulty, { skipBadRows: true, maxTokens: 2, note: (line) => notes.push(line) });
    expect(lines.map(({ row }) => row)).toEqual(["prompts.jsonl:1", "prompts.jsonl:4"]);
    expect(notes).toEqual([
      expect.stringMatching(/^Left out: prompts\.jsonl:2: prompt: is empty/),
      expect.stringMatching(/^Left out: prompts\.jsonl:3: ids: 512 tokens fill/),
    ]);
    await expect(run([{ prompt: "" }], { skipBadRows: true })).rejects.toThrow(
      /^no row is left without a fault\. .*:1: prompt/,
    );
  });

  it.each([
    ["best-of without a reward model", [{ ids: [1] }], { bestOf: 2 }, /--best-of: needs --reward-model/],
    ["ids for best-of", [{ ids: [1] }], { bestOf: 2, rewardModel: "x" }, /^prompts\.jsonl:1: ids: --best-of needs/],
    ["a missing prompt", [{ text: "Hi" }], {}, /^prompts\.jsonl:1: prompt: it is missing; a line needs ids or prompt$/],
    ["a prompt of spaces", [{ prompt: " " }], {}, /^prompts\.jsonl:1: prompt: is empty/],
    ["half a character", [{ prompt: "a\ud800" }], {}, /^prompts\.jsonl:1: prompt: holds half of a surrogate pair/],
    ["a full context", [{ ids: [1] }, { ids: new Array(512).fill(1) }], {}, /^prompts\.jsonl:2: ids: 512 tokens fill/],
    ["a wrong option", [{ ids: [1] }], { temperature: -1 }, /^temperature should be between 0 and 10/],
    ["a reward model", [{ ids: [1] }], { model: path.join(goldensFolder, "llama-reward") }, /is a reward model/],
  ])("refuses %s in one line", async (_, lines, options, expected) => {
    const error: unknown = await run(lines, options).catch((caught) => caught);
    expect(error).toBeInstanceOf(DomainError);
    expect((error as DomainError).userMessage).toMatch(expected);
  });
});
