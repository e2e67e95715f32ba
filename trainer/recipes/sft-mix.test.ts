import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import { trainedWeights, trainInTwo } from "../fixtures/ppo-runs";
import { trainRun, writeRecords } from "../fixtures/train-run";

let folder: string;
let demonstrations: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-sft-mix-"));
  demonstrations = await writeRecords(place("demonstrations.jsonl"), shown);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (name: string) => path.join(folder, name);
const golden = (file: string) => path.join(goldensFolder, file);
const shown = ["Name a colour.", "Name a fruit."].map((content, index) => ({
  prompt: [{ role: "user", content }],
  completion: [{ role: "assistant", content: ["Red, as a brick is.", "A pear."][index] }],
}));

const METHODS = [
  ["dpo", "preferences.jsonl", {}],
  ["dpo", "preferences.jsonl", { loss: "ipo" }],
  ["kto", "unpaired.jsonl", {}],
  ["simpo", "preferences.jsonl", {}],
] as const;
const common = { shuffle: false, batchSize: 8, maxSteps: 1, lora: { rank: 2 } };

describe("sftMixRatio", () => {
  it.each(METHODS)("%s %s %o: each step learns so many demonstrations for each example", async (method, file, more) => {
    const name = `${method}${Object.values(more).join()}`;
    const run = (label: string, changes: object) =>
      trainRun(place(`${name}-${label}`), { method, dataset: golden(file), ...common, ...more, ...changes });
    const without = await run("without", { microBatchSize: 3 });
    const sft = { method: "sft", dataset: demonstrations, ...common, batchSize: 2 };
    const { steps } = await trainRun(place(`${name}-sft`), sft);
    const nll = steps[0]?.loss as number;
    // A quarter of eight makes both demonstrations part of every step, however many examples lie in memory at once.
    for (const microBatchSize of [1, 3]) {
      const { steps, events } = await run(`mixed-${microBatchSize}`, {
        sftMixRatio: 0.25,
        sftDataset: demonstrations,
        microBatchSize,
      });
      expect(steps[0]?.["loss/sft_avg"]).toBeCloseTo(nll, 4);
      expect((steps[0]?.loss as number) - (without.steps[0]?.loss as number)).toBeCloseTo(0.25 * nll, 4);
      expect(steps[0]?.gradNorm).not.toBeCloseTo(without.steps[0]?.gradNorm as number, 3);
      const resolved = events.find((event) => event.type === "resolved");
      expect(resolved).toMatchObject({
        reasons: expect.arrayContaining([
          { field: "sftMixRatio", text: "Each of the policy's steps takes 2 of 2 demonstrations, with weight 0.25." },
        ]),
      });
    }
    expect(without.steps[0]).not.toHaveProperty("loss/sft_avg");
  });

  it("takes the demonstrations of a dataset version's own folder", async () => {
    const version = place("version");
    await mkdir(version);
    const lines = (await readFile(golden("preferences.jsonl"), "utf8")).trim().split("\n");
    await writeRecords(
      path.join(version, "preferences.jsonl"),
      lines.slice(0, 8).map((line) => JSON.parse(line) as object),
    );
    await writeRecords(path.join(version, "demonstrations.jsonl"), shown);
    const changes = { method: "dpo", dataset: version, sftMixRatio: 0.25, ...common };
    const { steps } = await trainRun(place("of-version"), changes);
    expect(steps[0]?.["loss/sft_avg"]).toBeGreaterThan(0);
  });

  it.each([
    ["dpo", "preferences.jsonl"],
    // Desirable completions look like demonstrations, and so do undesirable ones.
    ["kto", "unpaired.jsonl"],
  ])("refuses %s without demonstrations, and names what the key meant before", async (method, file) => {
    const refused = trainRun(place(`refused-${method}`), {
      method,
      dataset: golden(file),
      sftMixRatio: 0.1,
      ...common,
    });
    await expect(refused).rejects.toMatchObject({
      code: "dataset-invalid",
      userMessage: expect.stringMatching(
        /^sftMixRatio: .* has no demonstrations to mix in; .*sftDataset.*nllCoefficient/,
      ),
    });
  });

  it("stopped and resumed ends with the same bits: a step's place among the demonstrations counts", async () => {
    const changes = {
      method: "dpo",
      dataset: golden("preferences.jsonl"),
      sftMixRatio: 0.2,
      sftDataset: demonstrations,
      ...common,
      batchSize: 5,
      maxSteps: 4,
      checkpointEvery: 1,
      evaluateEvery: 100,
    };
    await trainRun(place("whole"), changes);
    await trainInTwo(async (options) => (await trainRun(place("in-two"), changes, options)).events, 2);
    expect((await trainedWeights(place("in-two"))).equals(await trainedWeights(place("whole")))).toBe(true);
  });
});
