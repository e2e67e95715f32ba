import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import { trainRun } from "../fixtures/train-run";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-reference-"));
});
afterAll(() => rm(folder, { recursive: true }));

const METHODS = [
  ["dpo", "preferences.jsonl"],
  ["kto", "unpaired.jsonl"],
] as const;

describe("a reference that runs share", () => {
  it.each(METHODS)("is computed once for several β of %s, and changes no figure", async (method, records) => {
    const referenceFolder = path.join(folder, `${method}-shared`);
    const run = { method, dataset: path.join(goldensFolder, records), maxSteps: 1, lora: { rank: 2 } };
    const train = async (name: string, changes: object, options: object = {}) => {
      const { events, steps } = await trainRun(path.join(folder, `${method}-${name}`), { ...run, ...changes }, options);
      return { steps, computed: events.some((event) => event.type === "phase" && event.phase === "reference") };
    };
    const first = await train("first", { beta: 0.1 }, { referenceFolder });
    const second = await train("second", { beta: 0.3 }, { referenceFolder });
    const alone = await train("alone", { beta: 0.3 });
    expect([first, second, alone].map(({ computed }) => computed)).toEqual([true, false, true]);
    expect(second.steps).toEqual(alone.steps);
    expect(await readdir(referenceFolder)).toHaveLength(1);
  });

  it("is computed again for another grouping into micro-batches", async () => {
    const referenceFolder = path.join(folder, "grouped");
    const dataset = path.join(goldensFolder, "preferences.jsonl");
    const run = { method: "dpo", dataset, batchSize: 2, maxSteps: 1, lora: { rank: 2 } };
    await trainRun(path.join(folder, "two"), run, { referenceFolder });
    await trainRun(path.join(folder, "one"), { ...run, microBatchSize: 1 }, { referenceFolder });
    expect(await readdir(referenceFolder)).toHaveLength(2);
  });
});
