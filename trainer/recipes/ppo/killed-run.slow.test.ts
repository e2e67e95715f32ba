import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGraph, writeOptimality, writeWalker, writeWalks } from "../../fixtures/random-walks";
import { trainInProcess } from "../../fixtures/train-process";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-killed-"));
  const graph = createGraph(4);
  await writeWalker(path.join(folder, "walker"));
  await writeWalks(path.join(folder, "walks.jsonl"), graph, 40);
  await writeOptimality(path.join(folder, "optimality.mjs"), graph);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("killed with -9 twice ends with the same weights as one that was never killed", async () => {
  const run = path.join(folder, "run.json");
  const config = {
    method: "ppo",
    model: "walker",
    dataset: "walks.jsonl",
    lora: { rank: 4 },
    rewardFunctions: [{ name: "module", path: "optimality.mjs" }],
    rolloutBatchSize: 10,
    samplesPerPrompt: 4,
    minibatchSize: 20,
    microBatchSize: 20,
    maxNewTokens: 8,
    maxSteps: 10,
    policyLearningRate: 2e-3,
    klTarget: 0.05,
    klHorizon: 100,
    klLookahead: 5,
    normalizeReward: true,
    topP: 0.95,
    checkpointEvery: 2,
  };
  await writeFile(run, JSON.stringify(config));
  const [whole, killed] = [path.join(folder, "whole"), path.join(folder, "killed")];
  expect((await trainInProcess(run, whole)).status).toBe(0);
  expect((await trainInProcess(run, killed, { killAfter: 3 })).status).toBeNull();
  expect((await trainInProcess(run, killed, { resume: true, killAfter: 7 })).status).toBeNull();
  expect((await trainInProcess(run, killed, { resume: true })).status).toBe(0);

  const weights = (out: string) => readFile(path.join(out, "adapter", "adapter_model.safetensors"));
  expect((await weights(killed)).equals(await weights(whole))).toBe(true);
  const rows = async (out: string) =>
    (await readFile(path.join(out, "metrics.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, number>)
      .map((row) => [row.step, row.loss, row["objective/klCoefficient"], row["objective/scores"]]);
  expect(await rows(killed)).toEqual(await rows(whole));
});
