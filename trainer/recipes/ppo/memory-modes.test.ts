import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../../engine/backend";
import { goldensFolder } from "../../fixtures/goldens";
import { createPpoRuns, figuresOf, trainedWeights, trainInTwo } from "../../fixtures/ppo-runs";

let folder: string;
let runs: Awaited<ReturnType<typeof createPpoRuns>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-memory-"));
  runs = await createPpoRuns(folder);
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (name: string) => path.join(folder, name);
const rewardModels = [path.join(goldensFolder, "llama-reward")];
const plain = (figures: Record<string, number>[]) =>
  figures.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !/^(speed|memory)\//.test(name))));

describe("one model in memory at a time", () => {
  it.each([
    ["an adapter", { rewardModels, topP: 0.9 }],
    ["all weights", { lora: undefined, rewardModels }],
    ["RLOO", { advantageEstimator: "rloo" }],
  ])("gives the same bits as all of them with %s, and lets go of everything", async (name, changes) => {
    const before = tf.memory().numTensors;
    const separate = await runs.train(place(`${name}-separate`), { ...changes, memoryMode: "separate" });
    const offload = await runs.train(place(`${name}-offload`), { ...changes, memoryMode: "offload" });
    expect(plain(figuresOf(offload))).toEqual(plain(figuresOf(separate)));
    const weights = (mode: string) =>
      "lora" in changes
        ? readFile(path.join(place(`${name}-${mode}`), "model", "model.safetensors"))
        : trainedWeights(place(`${name}-${mode}`));
    expect((await weights("offload")).equals(await weights("separate"))).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    expect(Object.keys(tf.engine().registeredVariables)).toEqual([]);
    const left = await readdir(path.join(place(`${name}-offload`), "checkpoints"));
    expect(left).not.toContain("offloaded");
  });

  it("never holds more than the largest of them", async () => {
    const most = { separate: 0, offload: 0 };
    for (const memoryMode of ["separate", "offload"] as const) {
      const onEvent = () => {
        most[memoryMode] = Math.max(most[memoryMode], tf.memory().numBytes);
      };
      await runs.train(place(`bytes-${memoryMode}`), { lora: undefined, rewardModels, memoryMode }, { onEvent });
    }
    // Policy, reference, value and reward model, and two optimizers of two moments, against one model.
    expect(most.offload).toBeLessThan(most.separate / 4);
  });

  it("stopped and resumed ends with the same bits", async () => {
    const changes = { memoryMode: "offload", maxSteps: 3, klTarget: 0.01, normalizeReward: true };
    await runs.train(place("whole"), changes);
    const figures = figuresOf(await trainInTwo((options) => runs.train(place("in-two"), changes, options), 2));
    expect(figures).toHaveLength(1);
    expect((await trainedWeights(place("in-two"))).equals(await trainedWeights(place("whole")))).toBe(true);
  });
});
