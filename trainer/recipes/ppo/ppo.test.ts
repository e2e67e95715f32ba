import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rolloutSchema } from "@/domain/runs/rollouts";
import type { RunEvent } from "@/domain/runs/run-events";
import { loadBackend } from "../../engine/backend";
import { goldensFolder } from "../../fixtures/goldens";
import { createPpoRuns, type Figures, figuresOf, trainedWeights } from "../../fixtures/ppo-runs";
import { writeTinyModel } from "../../models/tiny-model";
import type { RunTrainingOptions } from "../../run-training";

let folder: string;
let tiny: string;
let runs: Awaited<ReturnType<typeof createPpoRuns>>;
let count = 0;
let outputDir: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-ppo-"));
  runs = await createPpoRuns(folder);
  tiny = path.join(folder, "tiny");
  await writeTinyModel(tiny);
  await loadBackend();
});
beforeEach(() => {
  outputDir = path.join(folder, `run-${count++}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (changes: object, options?: Partial<RunTrainingOptions>) => runs.train(outputDir, changes, options);
const linesOf = async (file: string) =>
  (await readFile(path.join(outputDir, file), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Figures);
const figure = (figures: Figures[], at: number, name: string) => figures.at(at)?.[name] ?? Number.NaN;

describe("PPO", () => {
  it("earns more of a reward on length, reports it, and lets go of all tensors", async () => {
    const before = tf.memory().numTensors;
    await train({
      model: tiny,
      maxSteps: 12,
      rewardFunctions: [{ name: "length", unit: "tokens", max: 10 }],
      maxNewTokens: 24,
      samplesPerPrompt: 8,
      minibatchSize: 16,
      microBatchSize: 16,
      policyLearningRate: 3e-3,
      valueLearningRate: 1e-2,
      klCoefficient: 0.01,
    });
    const rows = await linesOf("metrics.jsonl");
    const mean = (some: Figures[]) => some.reduce((sum, row) => sum + (row["objective/scores"] ?? 0), 0) / some.length;
    expect(mean(rows.slice(-3))).toBeGreaterThan(mean(rows.slice(0, 3)) + 0.3);
    expect(figure(rows, 0, "objective/kl")).toBeCloseTo(0, 5);
    expect(figure(rows, -1, "objective/kl")).toBeGreaterThan(0.1);
    expect(figure(rows, -1, "completions/length")).toBeLessThan(figure(rows, 0, "completions/length"));
    expect(tf.memory().numTensors).toBe(before);

    const rollouts = (await linesOf("rollouts.jsonl")).map((line) => rolloutSchema.parse(line));
    expect(rollouts).toHaveLength(12 * 4 * 8);
    for (const { tokens, length, klSum, iteration } of rollouts) {
      expect(tokens).toHaveLength(length);
      if (iteration === 1) expect(klSum).toBeCloseTo(0, 4);
    }
  });

  it("gives the same figures whether models share a base or not, and whatever lies in memory at once", async () => {
    const model = { rewardModels: [path.join(goldensFolder, "llama-reward")] };
    const shared = figuresOf(await train({ ...model, microBatchSize: 4 }));
    outputDir += "-separate";
    const separate = figuresOf(await train({ ...model, microBatchSize: 1, memoryMode: "separate" }));
    expect(shared).toHaveLength(2);
    for (const name of ["loss", "objective/kl", "objective/scores", "gradNorm", "loss/value_avg", "val/gradNorm"]) {
      expect(figure(separate, 0, name)).toBeCloseTo(figure(shared, 0, name), 4);
    }
  });

  it("trains all weights beside a reference of its own", async () => {
    const figures = figuresOf(await train({ lora: undefined, policyLearningRate: 1e-3 }));
    expect(figure(figures, 0, "objective/kl")).toBeCloseTo(0, 5);
    expect(Math.abs(figure(figures, 1, "objective/kl"))).toBeGreaterThan(1e-4);
  });

  it.each(["rloo", "grpo"])("compares a prompt's completions instead of values: %s", async (advantageEstimator) => {
    // The reward tells any two lengths apart, because equal scores would leave nothing to compare.
    const rewardFunctions = [{ name: "length", unit: "characters", min: 60, max: 60 }];
    const figures = figuresOf(await train({ advantageEstimator, samplesPerPrompt: 4, rewardFunctions }));
    expect(figures[0]).not.toHaveProperty("loss/value_avg");
    expect(figure(figures, 0, "gradNorm")).toBeGreaterThan(0);
    const [rollout] = (await linesOf("rollouts.jsonl")).map((line) => rolloutSchema.parse(line));
    expect(new Set(rollout?.tokens.map(({ advantage }) => advantage)).size).toBe(1);
    expect(rollout?.tokens[0]?.value).toBeNull();
  });

  it("GRPO pays for KL in its loss, also under top-p", async () => {
    const changes = { advantageEstimator: "grpo", samplesPerPrompt: 4, topP: 0.9, maxSteps: 3, klCoefficient: 5 };
    const figures = figuresOf(await train(changes));
    const penalty = (index: number) => figure(figures, index, "loss") - figure(figures, index, "loss/policy_avg");
    expect(penalty(2)).toBeGreaterThan(1e-4);
  });

  it.each([
    ["top-p", { topP: 0.8, temperature: 0.9 }],
    ["an entropy bonus", { entropyCoefficient: 0.01 }],
    [
      "top-p, an entropy bonus and gradient checkpointing",
      { topP: 0.8, entropyCoefficient: 0.01, gradientCheckpointing: true },
    ],
  ])("starts from a ratio of 1 with %s", async (_, changes) => {
    // With one step an iteration, the policy that learns is the one that wrote.
    const [figures] = figuresOf(await train({ ...changes, ppoEpochs: 1, minibatchSize: 8, maxSteps: 1 }));
    expect(figures?.["val/ratio"]).toBeCloseTo(1, 4);
    expect(figures?.["policy/approxkl_avg"]).toBeCloseTo(0, 6);
    expect(figures?.gradNorm).toBeGreaterThan(0);
  });

  it("ends an iteration's epochs once the policy has left the one that wrote", async () => {
    const [figures] = figuresOf(await train({ maxSteps: 1, ppoEpochs: 4, epochKlLimit: 1e-9 }));
    expect(figures?.["policy/stoppedEarly"]).toBe(1);
  });

  it("stopped and resumed ends with the same bits, β and normaliser included", async () => {
    const ofBeta = { klTarget: 0.3, klHorizon: 8, klLookahead: 3 };
    const config = { maxSteps: 4, ...ofBeta, normalizeReward: true, lrScheduler: "cosine" };
    const weights = () => trainedWeights(outputDir);
    await train(config);
    const [whole, wholeRows] = [await weights(), await linesOf("metrics.jsonl")];
    outputDir += "-stopped";
    const controller = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === "checkpoint" && event.step === 2) controller.abort();
    };
    await expect(train(config, { signal: controller.signal, onEvent })).rejects.toMatchObject({
      code: "run-cancelled",
    });
    await train(config, { resume: true });
    expect((await weights()).equals(whole)).toBe(true);
    const plain = (rows: Figures[]) =>
      rows.map((row) => [row.step, row.loss, row["objective/klCoefficient"], row["objective/scores"], row.gradNorm]);
    expect(plain(await linesOf("metrics.jsonl"))).toEqual(plain(wholeRows));
    expect((await linesOf("rollouts.jsonl")).map(({ iteration }) => iteration)).toEqual(
      [1, 2, 3, 4].flatMap((iteration) => new Array<number>(8).fill(iteration)),
    );
  });

  it("writes a checkpoint of the iteration that it is stopped with, of which a model can be made", async () => {
    const config = { maxSteps: 4, checkpointEvery: 4, lrScheduler: "constant" };
    await train({ ...config, maxSteps: 2 });
    const whole = await trainedWeights(outputDir);
    outputDir += "-stopped";
    const controller = new AbortController();
    const stop = (event: RunEvent) => {
      if (event.type === "step" && event.step === 2) controller.abort();
    };
    await expect(train(config, { signal: controller.signal, onEvent: stop })).rejects.toMatchObject({
      code: "run-cancelled",
    });
    const events = await train(config, { resume: true, finishNow: true });
    expect(events.filter(({ type }) => type === "step")).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: "finished", step: 2 });
    expect((await trainedWeights(outputDir)).equals(whole)).toBe(true);
  });

  it.each([
    ["no reward", { rewardFunctions: [] }, /needs a reward/],
    ["a language model as reward model", { rewardModels: [path.join(goldensFolder, "llama")] }, /not a reward model/],
    ["a reward model as policy", { model: path.join(goldensFolder, "llama-reward") }, /is a reward model/],
    ["prompts that don't fit", { maxLength: 12 }, /Too few prompts.*longer than maxLength/],
    [
      "code that came over the network",
      { rewardFunctions: [{ name: "module", path: "/tmp/reward.mjs" }] },
      /from the command line only/,
    ],
    ["an answer that nobody gave", { rewardFunctions: [{ name: "exactMatch" }] }, /needs an answer/],
  ])("refuses %s in one line", async (_, changes, message) => {
    await expect(train(changes)).rejects.toMatchObject({ userMessage: expect.stringMatching(message) });
  });

  it("runs a reward function of one's own from the command line", async () => {
    const module = path.join(folder, "reward.mjs");
    await writeFile(module, "export default ({ each }) => ({ tokens }) => each * tokens;\n");
    const own = { rewardFunctions: [{ name: "module", path: module, options: { each: 0.5 }, weight: 2 }], maxSteps: 1 };
    const [figures] = figuresOf(await train(own, { trustModules: true }));
    expect(figures?.["objective/scores"]).toBeCloseTo(figures?.["completions/length"] ?? Number.NaN, 4);
  });
});
