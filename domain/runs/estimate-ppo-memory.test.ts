import { describe, expect, it } from "vitest";
import { KNOWN_SHAPES } from "../models/known-shapes";
import { parameterCount } from "./estimate-memory";
import { describeMemoryModes, estimatePpoMemory, type PpoMemoryConfig } from "./estimate-ppo-memory";
import type { Operations } from "./layer-memory";
import type { ModelShape } from "./model-shape";

const shape = KNOWN_SHAPES["smollm2-135m-instruct"] as ModelShape;
const config: PpoMemoryConfig = {
  gradientCheckpointing: false,
  advantageEstimator: "gae",
  memoryMode: "separate",
  topP: 1,
  entropyCoefficient: 0,
  microBatchSize: 4,
  minibatchSize: 8,
  rolloutBatchSize: 16,
  samplesPerPrompt: 1,
  maxNewTokens: 64,
};
const of = (changes: Partial<PpoMemoryConfig> = {}, rewardModels = 1) =>
  estimatePpoMemory({ ...config, ...changes }, shape, [20, 40], rewardModels, "composed");
const model = 4 * parameterCount(shape);
const lora = { rank: 16, targets: "all-linear" as const, dropout: 0 };

describe("estimatePpoMemory", () => {
  it("adds up to its parts", () => {
    const { total, ...parts } = of();
    expect(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(total);
  });
  it("counts the models and optimizers of each mode", () => {
    expect(of().weights).toBe(4 * model);
    expect(of({ advantageEstimator: "rloo" }).weights).toBe(3 * model);
    expect(of({ memoryMode: "offload" }).weights).toBe(model);
    expect(of().optimizer - of({ memoryMode: "offload" }).optimizer).toBe(2 * model);
    expect(of({ lora, memoryMode: "adapters" }).weights).toBe(model);
    expect(of({ lora }).total).toBeGreaterThan(of({ lora, memoryMode: "adapters" }).total);
  });
  it("counts the copies that a checkpoint of all weights makes, where a step does not hold as much", () => {
    const short = { maxNewTokens: 8, microBatchSize: 1, minibatchSize: 1, rolloutBatchSize: 4 };
    const { checkpoint, activations, working } = of(short);
    // The weights and the two moments of policy and value model; only what exceeds the activations' memory is new.
    expect(checkpoint + activations + working).toBeCloseTo(6 * model, -3);
    expect(of({ ...short, advantageEstimator: "rloo" }).checkpoint).toBeCloseTo(checkpoint - 3 * model, -3);
    expect(of({ lora }).checkpoint).toBe(0);
  });

  // The figures are the most that runs on the default base held (two cores, float32, computed reward, memory/peak),
  // with LoRA of rank 16 or all weights, 8 or 4 completions an iteration, 4 at once.
  const run = { ...config, lora, minibatchSize: 4, rolloutBatchSize: 8, maxNewTokens: 32 };
  const shared = { ...run, memoryMode: "adapters" as const };
  const all = { ...run, lora: undefined, rolloutBatchSize: 4, maxNewTokens: 16 };
  const measured = (operations: Operations, changes: PpoMemoryConfig, prompt: number, peak: number) => {
    const { total } = estimatePpoMemory(changes, shape, [20, prompt], 0, operations);
    expect(total / peak).toBeGreaterThanOrEqual(1);
    expect(total / peak).toBeLessThan(1.2);
  };

  // The first three figures stand in BENCHMARKS.md: the highest of five runs, three and four.
  it.each([
    ["adapters", shared, 57, 2.06e9],
    ["separate", { ...run, memoryMode: "separate" }, 57, 3.07e9],
    ["offload", { ...run, memoryMode: "offload" }, 57, 1.91e9],
    ["top-p", { ...shared, topP: 0.9 }, 57, 1.93e9],
    ["no value model", { ...shared, advantageEstimator: "rloo", samplesPerPrompt: 2 }, 57, 1.9e9],
    ["eight at once", { ...shared, microBatchSize: 8, minibatchSize: 8, rolloutBatchSize: 16 }, 57, 2.35e9],
    ["24 completions", { ...shared, minibatchSize: 8, rolloutBatchSize: 24, maxNewTokens: 64 }, 57, 2.23e9],
    ["long prompts", { ...shared, maxNewTokens: 48 }, 134, 2.39e9],
    ["long prompts, separate", { ...run, memoryMode: "separate", maxNewTokens: 48 }, 134, 3.44e9],
    ["long prompts, off-loaded", { ...run, memoryMode: "offload", maxNewTokens: 48 }, 134, 2.29e9],
    ["with gradient checkpointing", { ...shared, maxNewTokens: 48, gradientCheckpointing: true }, 134, 1.88e9],
    ["long completions", { ...shared, rolloutBatchSize: 16, maxNewTokens: 200 }, 134, 3.08e9],
    ["all weights, separate", { ...all, memoryMode: "separate" }, 57, 8.77e9],
    ["all weights, off-loaded", { ...all, memoryMode: "offload" }, 57, 6.55e9],
  ] as const)("errs on the side of more, by at most a fifth, with fused operations: %s", (_, changes, prompt, peak) =>
    measured("fused", changes, prompt, peak),
  );

  it.each([
    ["adapters", shared, 50, 2.56e9],
    ["separate", { ...run, memoryMode: "separate" }, 50, 3.54e9],
    ["offload", { ...run, memoryMode: "offload" }, 50, 2.17e9],
    ["top-p", { ...shared, topP: 0.9 }, 50, 2.51e9],
    ["long prompts", { ...shared, maxNewTokens: 48 }, 155, 3.24e9],
    ["with gradient checkpointing", { ...shared, maxNewTokens: 48, gradientCheckpointing: true }, 155, 2.19e9],
    ["all weights, separate", { ...all, memoryMode: "separate" }, 50, 8.78e9],
    ["all weights, off-loaded", { ...all, memoryMode: "offload" }, 50, 6.44e9],
  ] as const)("and so with composed ones: %s", (_, changes, prompt, peak) =>
    measured("composed", changes, prompt, peak),
  );

  it("says each mode that is possible in one line", () => {
    expect(describeMemoryModes(config, shape, [20], 1, "fused")).toMatch(
      /^Memory by mode: separate \d+\.\d GB, offload \d\.\d GB; this run: separate\.$/,
    );
    expect(describeMemoryModes({ ...config, adapter: "x" }, shape, [20], 1, "fused")).toContain("adapters ");
  });
  it("knows what long completions and whole logits cost", () => {
    expect(of({ lora, maxNewTokens: 256 }).total).toBeGreaterThan(of({ lora }).total);
    expect(of({ topP: 0.9, maxNewTokens: 256 }).working).toBeGreaterThan(of({ maxNewTokens: 256 }).working);
  });
});
