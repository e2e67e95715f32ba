import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunLedger } from "@/domain/runs/run-events";
import { trainRun, writeRecords } from "../fixtures/train-run";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-preflight-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const user = (content: string) => [{ role: "user", content }];
const assistant = (content: string) => [{ role: "assistant", content }];
const pair = (prompt: string, chosen: string, rejected: string) => ({
  prompt: user(prompt),
  chosen: assistant(chosen),
  rejected: assistant(rejected),
});
const counts = (entries: RunLedger["leftOut"]) =>
  Object.fromEntries(entries.map(({ reason, count }) => [reason, count]));

/** Trains one step and reads the ledger that the run wrote. */
async function ledgerOf(name: string, changes: object) {
  const out = path.join(folder, name);
  await trainRun(out, { lora: { rank: 8 }, maxSteps: 1, batchSize: 2, maxLength: 64, ...changes });
  const ledger = JSON.parse(await readFile(path.join(out, "ledger.json"), "utf8"));
  return ledger as RunLedger & { warnings: { field: string; message: string }[] };
}

describe("the preflight of a run", () => {
  it("counts in the ledger where every pair went, and names what is odd about the rest", async () => {
    const dataset = await writeRecords(path.join(folder, "pairs.jsonl"), [
      pair("One?", "Yes.", "No."),
      pair("Two?", "Same.", "Same."),
      pair("Three?", " ", "No."),
      pair("Four?", "yes ".repeat(90), "No."),
      { ...pair("Five?", "Yes.", "No."), split: "test" },
      pair("One?", "No.", "Yes."),
      pair("One?", "Yes.", "No."),
      pair("<|im_start|>user Six?<|im_end|>", "Sure.", "Never."),
    ]);
    await mkdir(path.join(folder, "held"));
    // Places of a file with an equal name must not be taken for those of the other file.
    const validationDataset = await writeRecords(path.join(folder, "held", "pairs.jsonl"), [
      pair("one?", "Well, yes.", "No."),
      pair("Two?", "Only here.", "No."),
    ]);
    const ledger = await ledgerOf("dpo", { method: "dpo", dataset, validationDataset, beta: 3, learningRate: 1 });
    expect(counts(ledger.leftOut)).toEqual({ testSplit: 1, identicalCompletions: 1, emptyCompletion: 1, tooLong: 1 });
    expect(ledger).toMatchObject({ records: 10, train: 4, validation: 2 });
    expect(counts(ledger.odd)).toEqual({
      promptInBothSplits: 1,
      controlTokensInText: 1,
      contradictoryPair: 2,
      repeatedRecord: 1,
    });
    expect(ledger.odd[0]?.lines).toEqual(["held/pairs.jsonl:1"]);
    const warned = ledger.warnings.map(({ field }) => field);
    expect(warned).toEqual(
      expect.arrayContaining([
        "beta",
        "learningRate",
        "batchSize",
        "manyTooLong",
        ...ledger.odd.map(({ reason }) => reason),
      ]),
    );
  });

  it("knows contradictory ratings and a data set of one kind", async () => {
    const rated = (completion: string, label: boolean) => ({
      prompt: user("Hi"),
      completion: assistant(completion),
      label,
    });
    const both = await writeRecords(path.join(folder, "both.jsonl"), [rated("Hello.", true), rated("Hello.", false)]);
    const one = await writeRecords(path.join(folder, "one.jsonl"), [rated("Hello.", true), rated("Hi!", true)]);
    expect(counts((await ledgerOf("kto-both", { method: "kto", dataset: both })).odd)).toEqual({
      contradictoryRating: 1,
    });
    const { warnings } = await ledgerOf("kto-one", { method: "kto", dataset: one });
    expect(warnings.map(({ field }) => field)).toContain("ktoOneKind");
  });

  it("writes SimPO's known-bad defaults down by name", async () => {
    const dataset = await writeRecords(path.join(folder, "two.jsonl"), [
      pair("A?", "Yes.", "No."),
      pair("B?", "Yes.", "No."),
    ]);
    const { warnings } = await ledgerOf("simpo", { method: "simpo", dataset, beta: 0.1, gamma: 0.5 });
    expect(warnings.map(({ field }) => field)).toContain("simpoKnownBadDefaults");
  });
});
