import { describe, expect, it } from "vitest";
import { KNOWN_SHAPES } from "../models/known-shapes";
import {
  describeMemory,
  type ExampleTokens,
  estimateMemory,
  type ModelShape,
  memoryWarnings,
  parameterCount,
} from "./estimate-memory";

const smollm2 = KNOWN_SHAPES["smollm2-135m-instruct"] as ModelShape;
const pair = { prompt: 50, completions: [400, 300] };
const config = {
  method: "dpo" as const,
  gradientCheckpointing: false,
  microBatchSize: 2,
  batchSize: 2,
  lora: { rank: 16, dropout: 0, targets: "all-linear" as const },
};
const of = (
  changes: Partial<Parameters<typeof estimateMemory>[0]> = {},
  examples: ExampleTokens[] = [pair, pair, pair],
) => estimateMemory({ ...config, ...changes }, smollm2, examples);

describe("estimateMemory", () => {
  it("counts the parameters of the default base", () => {
    // 134,515,008 with its norms.
    expect(parameterCount(smollm2) / 134_515_008).toBeCloseTo(1, 3);
  });
  it("adds up to its parts", () => {
    const { total, ...parts } = of();
    expect(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(total);
  });
  it("knows what an adapter, several micro-batches, checkpointing and a scalar head save or cost", () => {
    const { weights } = of();
    expect(of({ lora: undefined }).optimizer).toBeGreaterThan(4 * weights); // gradients, a clipped copy, two moments
    expect(of({ lora: undefined, batchSize: 8 }).optimizer - of({ lora: undefined }).optimizer).toBe(weights);
    expect(of().optimizer).toBeLessThan(0.2 * weights);
    expect(of({ gradientCheckpointing: true }).activations).toBeLessThan(0.2 * of().activations);
    expect(of({ method: "sft" }).working).toBeGreaterThan(of({ method: "reward" }).working);
  });
  it("takes the longest examples, and attention by the square of a row", () => {
    const long = { prompt: 100, completions: [800, 600] };
    expect(of({}, [pair, pair, pair, long]).activations).toBeGreaterThan(of().activations);
    expect(of({}, [pair, pair, ...Array(50).fill({ prompt: 5, completions: [5] })])).toEqual(of({}, [pair, pair]));
    expect(of({}, [long, long]).activations).toBeGreaterThan(2 * of().activations);
  });
  // Peak resident memory of whole runs of two steps on two cores (GNU time), batch and micro-batch of 2, float32.
  const pairs = [
    { prompt: 44, completions: [442, 388] },
    { prompt: 53, completions: [401, 276] },
  ];
  const singles = pairs.map(({ prompt, completions }) => ({ prompt, completions: completions.slice(0, 1) }));
  it.each([
    ["reward", {}, pairs, 6.15e9],
    ["dpo", {}, pairs, 6.13e9],
    ["dpo", { gradientCheckpointing: true }, pairs, 2.0e9],
    ["sft", { lora: undefined }, singles, 6.61e9],
  ] as const)(
    "is within a tenth of what %s with %o took on the default base",
    (method, changes, examples, measured) => {
      const { total } = of({ method, ...changes }, [...examples]);
      expect(Math.abs(total / measured - 1)).toBeLessThan(0.1);
    },
  );
  it("is at most a tenth more than what all weights took on texts so short that a checkpoint takes the most", () => {
    const short = { prompt: 50, completions: [20] };
    const { total, checkpoint } = of({ method: "sft", lora: undefined }, [short, short]);
    expect(total / 4.89e9).toBeGreaterThanOrEqual(1);
    expect(total / 4.89e9).toBeLessThan(1.1);
    expect(checkpoint).toBeGreaterThan(1e9);
  });
  it("says itself in one line and warns where there is not as much", () => {
    const estimate = of();
    expect(describeMemory(estimate, 8e9)).toMatch(
      /^Memory: about \d\.\d GB at the peak \(runtime .*weights 0\.5 GB.*\); 8\.0 GB can be had$/,
    );
    expect(memoryWarnings(estimate, estimate.total)).toEqual([]);
    expect(memoryWarnings(estimate, 1e9)).toEqual([
      {
        field: "memory",
        message: expect.stringMatching(/^The run takes about .* and 1\.0 GB can be had: take a smaller/),
      },
    ]);
  });
});
