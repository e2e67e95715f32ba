import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import { rolloutSchema } from "@/domain/runs/rollouts";
import { loadBackend } from "../../engine/backend";
import { loadRewardModels } from "../../evaluation/load-reward-models";
import { goldensFolder } from "../../fixtures/goldens";
import { createPpoRuns, figuresOf, trainedWeights, trainInTwo } from "../../fixtures/ppo-runs";
import { runTraining } from "../../run-training";

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
    // The `separate` mode holds policy, reference, value and reward model, and two optimizers of two moments; `offload`
    // holds one model.
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

it.each([
  ["adapters", "offload"],
  ["adapters", "separate"],
  ["offload", "separate"],
])("a run stopped in mode %s goes on in mode %s as in the first", async (first, second) => {
  const changes = { memoryMode: first, maxSteps: 3, klTarget: 0.01, rewardModels };
  const name = `${first}-then-${second}`;
  const whole = figuresOf(await runs.train(place(`${name}-whole`), changes));
  let resumed = false;
  const events = await trainInTwo(async (options) => {
    resumed = options.resume ?? false;
    return runs.train(place(name), { ...changes, memoryMode: resumed ? second : first }, options);
  }, 2);
  expect(resumed).toBe(true);
  const [last] = figuresOf(events);
  expect(figuresOf(events)).toHaveLength(1);
  for (const figure of ["loss/policy_avg", "objective/kl", "objective/scores", "loss/value_avg"]) {
    if (whole[2]?.[figure] === undefined) continue;
    expect(last?.[figure], figure).toBeCloseTo(whole[2][figure] as number, 3);
  }
  expect(last?.["objective/kl"]).toBeDefined();
});

it("scores with a reward adapter on the policy's own base as with that reward model alone", async () => {
  const base = path.join(goldensFolder, "llama");
  const reward = checkRunConfig({
    method: "reward",
    model: base,
    dataset: path.join(goldensFolder, "preferences.jsonl"),
    lora: { rank: 2 },
    batchSize: 2,
    maxSteps: 3,
    learningRate: 1e-2,
    warmupRatio: 0,
  });
  await runTraining(reward, { outputDir: place("reward") });
  const adapter = path.join(place("reward"), "adapter");
  const most = { adapters: 0, separate: 0 };
  for (const memoryMode of ["adapters", "separate"] as const) {
    const onEvent = () => {
      most[memoryMode] = Math.max(most[memoryMode], tf.memory().numBytes);
    };
    const changes = { rewardModels: [adapter], rewardFunctions: [], memoryMode, maxSteps: 1 };
    await runs.train(place(`scored-${memoryMode}`), changes, { onEvent });
  }
  // One base takes the place of four; if the reward model were apart, the ratio would be 0.83.
  expect(most.adapters / most.separate).toBeLessThan(0.8);

  const lines = (await readFile(path.join(place("scored-adapters"), "rollouts.jsonl"), "utf8")).trim().split("\n");
  const rollouts = lines.map((line) => rolloutSchema.parse(JSON.parse(line)));
  const alone = await loadRewardModels([adapter]);
  const [scores = []] = await alone.score(
    rollouts.map(({ prompt, completion, ended }) => ({
      prompt,
      completion: [{ role: "assistant", content: completion }],
      finished: ended,
    })),
  );
  const [withEnds = []] = await alone.score(
    rollouts.map(({ prompt, completion }) => ({ prompt, completion: [{ role: "assistant", content: completion }] })),
  );
  alone.dispose();
  expect(new Set(scores).size).toBeGreaterThan(1);
  // A completion that did not end gets no score from an end of turn that it lacks.
  expect(rollouts.some(({ ended }) => !ended)).toBe(true);
  rollouts.forEach(({ ended }, index) => {
    if (ended) expect(withEnds[index]).toBe(scores[index]);
    else expect(withEnds[index]).not.toBeCloseTo(scores[index] as number, 4);
  });
  // The comparison allows for the five digits that rollouts are written with, and for float32's rounding.
  rollouts.forEach(({ score }, index) => {
    expect(score).toBeCloseTo(scores[index] as number, 4);
  });
});
