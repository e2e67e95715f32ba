import { describe, expect, it } from "vitest";
import { KNOWN_SHAPES } from "../models/known-shapes";
import { type ModelShape, parameterCount } from "./estimate-memory";
import { describeMemoryModes, estimatePpoMemory, type PpoMemoryConfig } from "./estimate-ppo-memory";

const shape = KNOWN_SHAPES["smollm2-135m-instruct"] as ModelShape;
const config: PpoMemoryConfig = {
  ...{
    gradientCheckpointing: false,
    advantageEstimator: "gae",
    memoryMode: "separate",
    topP: 1,
    entropyCoefficient: 0,
  },
  ...{ microBatchSize: 4, minibatchSize: 8, rolloutBatchSize: 16, samplesPerPrompt: 1, maxNewTokens: 64 },
};
const of = (changes: Partial<PpoMemoryConfig> = {}, rewardModels = 1) =>
  estimatePpoMemory({ ...config, ...changes }, shape, [20, 40], rewardModels);
const model = 4 * parameterCount(shape);

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
    const lora = { rank: 16, targets: "all-linear" as const, dropout: 0 };
    expect(of({ lora, memoryMode: "adapters" }).weights).toBe(model);
    expect(of({ lora }).total).toBeGreaterThan(of({ lora, memoryMode: "adapters" }).total);
  });
  it("says each mode that is possible in one line", () => {
    expect(describeMemoryModes(config, shape, [20], 1)).toMatch(
      /^Memory by mode: separate \d\.\d GB, offload \d\.\d GB; this run: separate\.$/,
    );
    expect(describeMemoryModes({ ...config, adapter: "x" }, shape, [20], 1)).toContain("adapters ");
  });
  it("knows what long completions and whole logits cost", () => {
    expect(of({ maxNewTokens: 256 }).total).toBeGreaterThan(of().total);
    expect(of({ topP: 0.9, maxNewTokens: 256 }).working).toBeGreaterThan(of({ maxNewTokens: 256 }).working);
  });
});
