import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder, readGolden } from "../fixtures/goldens";
import { trainRun } from "../fixtures/train-run";
import { logitFigures } from "./mean-logits";

describe("logitFigures", () => {
  it("are means over tokens, not over completions", () => {
    const chosen = { isChosen: true } as const;
    const figures = logitFigures([
      { ...chosen, logits: 6, tokens: 2 },
      { ...chosen, logits: 0, tokens: 4 },
    ]);
    expect(figures).toEqual({ "logits/chosen": 1 });
  });
});

describe("logits/chosen and logits/rejected", () => {
  let folder: string;
  let first: Record<string, number>;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tuneloop-logits-"));
    const { runs } = await readGolden<{ runs: Record<string, { expected: Record<string, number>[] }> }>(
      "trajectories.json",
    );
    first = runs["dpo-sigmoid-llama"]?.expected[0] ?? {};
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // The first step's logits are the base model's for every method, and TRL's golden gives them for DPO.
  it.each(["dpo", "orpo", "simpo"])("%s: TRL's, with a frozen head and in micro-batches", async (method) => {
    const dataset = path.join(goldensFolder, "preferences.jsonl");
    const changes = { method, dataset, shuffle: false, microBatchSize: 3, maxSteps: 1, lora: { rank: 2 } };
    const { steps } = await trainRun(path.join(folder, method), changes);
    for (const name of ["logits/chosen", "logits/rejected"] as const) {
      expect(steps[0]?.[name]).toBeCloseTo(first[name] ?? Number.NaN, 6);
    }
  });
});
