import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TokenizedPair } from "../data/tokenize-dataset";
import { loadBackend } from "../engine/backend";
import { scoreRewards, scoreSequences } from "../evaluation/score-sequences";
import { goldensFolder, loadGoldenModel } from "../fixtures/goldens";
import { trainRun } from "../fixtures/train-run";
import { loadModel } from "../models/load-model";
import { packRows, toPackedTensors } from "../models/packing";
import { packPairs, packWholePairs, sequenceLogProbs } from "./pack-completions";
import { packRewardPairs, sequenceRewards } from "./pack-rewards";

const METHODS = {
  sft: { method: "sft", dataset: "demonstrations.jsonl" },
  reward: { method: "reward", dataset: "preferences-margin.jsonl", useMargins: true, centerRewardsCoefficient: 0.01 },
  dpo: { method: "dpo", dataset: "preferences.jsonl", nllCoefficient: 0.1 },
  ipo: { method: "dpo", loss: "ipo", dataset: "preferences.jsonl" },
  sigmoidNorm: { method: "dpo", loss: "sigmoid_norm", beta: 5, dataset: "preferences.jsonl" },
  robust: { method: "dpo", loss: "robust", labelSmoothing: 0.1, dataset: "preferences.jsonl" },
  kto: { method: "kto", dataset: "unpaired.jsonl", nllCoefficient: 0.1 },
  orpo: { method: "orpo", dataset: "preferences.jsonl" },
  simpo: { method: "simpo", dataset: "preferences.jsonl", nllCoefficient: 0.1 },
} as const;
type Name = keyof typeof METHODS;
const names = Object.keys(METHODS) as Name[];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-exactness-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function train(name: Name, microBatchSize: number) {
  const dataset = path.join(goldensFolder, METHODS[name].dataset);
  // Two steps are taken, because the second one sees the weights that the first one's gradient made.
  const changes = { ...METHODS[name], dataset, microBatchSize, maxSteps: 2, warmupRatio: 0, lora: { rank: 4 } };
  return trainRun(path.join(folder, `${name}-${microBatchSize}`), changes);
}

describe("accumulation", () => {
  it.each(names)("%s: micro-batches of 1 and 2 give every figure of the batch of 4", async (name) => {
    const whole = await train(name, 4);
    for (const microBatchSize of [1, 2]) {
      const parts = await train(name, microBatchSize);
      whole.steps.forEach((metrics, step) => {
        for (const [figure, value] of Object.entries(metrics) as [keyof typeof metrics, number][]) {
          const got = parts.steps[step]?.[figure] ?? Number.NaN;
          const what = `micro-batch ${microBatchSize}, step ${step + 1}, ${figure}: ${got} instead of ${value}`;
          expect(Math.abs(got - value) <= 1e-4 * Math.max(1, Math.abs(value)), what).toBe(true);
        }
      });
    }
  });
});

describe("an adapter merged into its model", () => {
  it.each(names)("%s: gives the adapter's logits", async (name) => {
    const { output } = await train(name, 3);
    const rows = [{ ids: [1, 87, 85, 322, 201, 45, 71, 71, 2] }, { ids: [1, 90, 201, 85, 75, 278, 67, 2] }];
    const { model } = await loadModel(output.path);
    const read = () =>
      tf.tidy(() => {
        const at = tf.range(0, rows.flatMap(({ ids }) => ids).length, 1, "int32") as tf.Tensor1D;
        const hidden = model.hiddenStates(toPackedTensors(packRows(rows)), { adapter: true, at });
        const values = model.hasRewardHead ? model.rewards(hidden) : model.logits(hidden);
        return Float32Array.from(values.dataSync());
      });
    const adapted = read();
    expect(model.lora).not.toBeNull();
    model.mergeAdapter();
    expect(model.lora).toBeNull();
    const merged = read();
    expect(adapted.reduce((most, value, i) => Math.max(most, Math.abs(value - merged[i]!)), 0)).toBeLessThan(1e-5);
    model.dispose();
  });
});

describe("packed pairs", () => {
  const pair = (promptIds: number[], chosen: number[], rejected: number[]): TokenizedPair => ({
    place: "a:1",
    groupId: null,
    margin: 0,
    chosen: { promptIds, completionIds: chosen },
    rejected: { promptIds, completionIds: rejected },
  });
  const pairs = [pair([1, 87, 85, 322], [45, 71, 71, 2], [310, 2]), pair([1, 90], [67, 2], [85, 75, 278, 67, 2])];
  const alone = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const expectClose = (got: ArrayLike<number>, expected: number[]) => {
    for (const [i, value] of expected.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(1e-4);
  };

  it("have the log-probs and scores that each completion has alone, with room to spare and without", async () => {
    const [model, scorer] = [await loadGoldenModel("llama"), await loadGoldenModel("llama-reward")];
    const logProbs = (await scoreSequences(model, alone)).map(sum);
    const rewards = await scoreRewards(scorer, alone);
    const whole = await scoreSequences(
      model,
      alone.map(({ promptIds, completionIds }) => ({
        promptIds: [1],
        completionIds: [...promptIds.slice(1), ...completionIds],
      })),
    );
    // ORPO has three sums for each pair: prompt without its first token, chosen, rejected.
    const withPrompts = pairs.flatMap(({ chosen }, i) => [
      sum(whole[2 * i]!.slice(0, chosen.promptIds.length - 1)),
      logProbs[2 * i]!,
      logProbs[2 * i + 1]!,
    ]);
    for (const slots of [2, 5]) {
      tf.tidy(() => {
        expectClose(sequenceLogProbs(model, packPairs(pairs, slots)).dataSync(), logProbs);
        expectClose(sequenceLogProbs(model, packWholePairs(pairs, slots)).dataSync(), withPrompts);
        expectClose(sequenceRewards(scorer, packRewardPairs(pairs, slots)).dataSync(), rewards);
      });
    }
    model.dispose();
    scorer.dispose();
  });
});
