import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunLedger } from "@/domain/runs/run-events";
import { trainRun } from "../fixtures/train-run";
import { locateModel } from "../models/load-model-files";

const fixture = (file: string) => path.join(import.meta.dirname, "../../domain/intake/fixtures", file);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Trains the tiny base for one step on a file as other tools write it. */
async function firstStep(method: string, file: string, changes: object = {}) {
  const outputDir = await mkdtemp(path.join(folder, "run-"));
  const config = { method, model: "tiny", dataset: fixture(file), batchSize: 4, shuffle: false, maxSteps: 1 };
  const { steps, events } = await trainRun(outputDir, { ...config, lora: { rank: 8 }, ...changes });
  const resolved = events.find((event) => event.type === "resolved");
  if (resolved?.type !== "resolved") throw new Error("the run was not resolved");
  const step = events.find((event) => event.type === "step");
  return { ...steps[0], tokens: step?.type === "step" ? step.tokens : 0, ledger: resolved.ledger as RunLedger };
}

describe("completions that begin with their prompt again", () => {
  it.each(["clean", "text-prompt", "turns-prompt"])("%s: DPO learns the answers alone", async (name) => {
    const step = await firstStep("dpo", `completion-repeats-prompt/${name}.jsonl`);
    expect(step.tokens).toBe(304);
    expect(step["logps/chosen"]).toBeCloseTo(-111.5073, 3);
    expect(step["logps/rejected"]).toBeCloseTo(-58.6265, 3);
  });
  it.each(["sft-clean", "sft-repeats"])("%s: SFT learns the answers alone", async (name) => {
    expect((await firstStep("sft", `completion-repeats-prompt/${name}.jsonl`)).loss).toBeCloseTo(7.9648, 3);
  });
  it("refuses the user's turn as an answer", async () => {
    const run = firstStep("reward", "completion-repeats-prompt/users-answer.jsonl");
    await expect(run).rejects.toThrow(/^users-answer\.jsonl:1: chosen: must begin and end with the assistant's turn/);
  });
});

describe("label: false", () => {
  it("is left out of demonstrations with its lines", async () => {
    const { ledger } = await firstStep("sft", "label-false/instruction.jsonl");
    expect(ledger.train).toBe(2);
    expect(ledger.leftOut).toMatchObject([{ reason: "labelFalse", count: 2 }]);
  });
  it("leaves nothing where every row says so", async () => {
    const run = firstStep("sft", "label-false/only-bad.jsonl");
    await expect(run).rejects.toThrow(/there are 0 .*2 that say label: false: only-bad\.jsonl:1, only-bad\.jsonl:2/);
  });
});

describe("files of other shapes", () => {
  it.each([
    ["sft", "json-arrays/pretty.json", 3],
    ["sft", "sharegpt-and-hh/sharegpt.jsonl", 2],
    ["dpo", "sharegpt-and-hh/hh.jsonl", 2],
    ["dpo", "jsonl-quirks/null-margin.jsonl", 2],
    ["dpo", "jsonl-quirks/other-split.jsonl", 2],
  ])("%s trains on %s", async (method, file, train) => {
    expect((await firstStep(method, file)).ledger).toMatchObject({ train, leftOut: [] });
  });
  it.each([
    ["sft", "jsonl-quirks/surrogate.jsonl", /^surrogate\.jsonl:1: prompt: holds half of a surrogate pair/],
    ["dpo", "jsonl-quirks/doubled-key.jsonl", /^doubled-key\.jsonl:1: the key "chosen" appears twice/],
    ["dpo", "jsonl-quirks/nan.jsonl", /^nan\.jsonl:1: NaN is not valid JSON/],
    ["sft", "message-fields-lost/tools.jsonl", /^tools\.jsonl:1: messages\.1\.tool_calls: tool calls are not read/],
    ["sft", "message-fields-lost/tools-null.jsonl", /^tools-null\.jsonl:1: messages\.1\.tool_calls: /],
  ])("%s refuses %s by line and key", async (method, file, expected) => {
    await expect(firstStep(method, file)).rejects.toThrow(expected);
  });
});

describe("keys of messages", () => {
  it("go to a chat template that reads them, and a weight of 0 bears no loss", async () => {
    const model = path.join(folder, "model");
    await cp((await locateModel("tiny")).path, model, { recursive: true });
    await cp(fixture("message-fields-lost/chat_template.jinja"), path.join(model, "chat_template.jinja"));
    const of = (name: string, changes: object = {}) =>
      firstStep("sft", `message-fields-lost/${name}.jsonl`, { model, ...changes });
    const [reasoning, without] = [await of("reasoning"), await of("without")];
    expect(without.tokens).toBe(47);
    expect(without.loss).toBeCloseTo(7.612, 3);
    expect(reasoning.tokens).toBe(102);
    expect(reasoning.loss).not.toBeCloseTo(without.loss as number, 1);
    const weighed = fixture("message-fields-lost/weight-zero.jsonl");
    const plain = path.join(folder, "plain.jsonl");
    await writeFile(plain, (await readFile(weighed, "utf8")).replaceAll(/, "weight": [01]/g, ""));
    const lossOf = async (dataset: string) =>
      (await of("weight-zero", { dataset, lossOn: "assistantTurns" })).loss as number;
    expect(await lossOf(weighed)).not.toBeCloseTo(await lossOf(plain), 3);
  });
});
