import { describe, expect, it } from "vitest";
import { KNOWN_SHAPES } from "../models/known-shapes";
import { describeMemory, type ExampleTokens, estimateMemory, memoryWarnings, parameterCount } from "./estimate-memory";
import type { Operations } from "./layer-memory";
import type { ModelShape } from "./model-shape";

const smollm2 = KNOWN_SHAPES["smollm2-135m-instruct"] as ModelShape;
const pairs = (tokens: [prompt: number, chosen: number, rejected: number][]): ExampleTokens[] =>
  tokens.map(([prompt, ...completions]) => ({ prompt, completions }));
const alone = ({ prompt, completions }: ExampleTokens) => ({ prompt, completions: completions.slice(0, 1) });
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
  operations: Operations = "fused",
) => estimateMemory({ ...config, ...changes }, smollm2, examples, operations);

describe("estimateMemory", () => {
  it("counts the parameters of the default base", () => {
    // The model has 134,515,008 weights with its norms.
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
    const [kept, all, second] = [
      of(),
      of({ gradientCheckpointing: true }),
      of({ gradientCheckpointing: true, recomputeEvery: 2 }),
    ].map(({ activations }) => activations) as [number, number, number];
    expect(all).toBeLessThan(0.2 * kept);
    expect(second).toBeCloseTo((all + kept) / 2, -6);
    expect(of({ method: "sft" }).working).toBeGreaterThan(of({ method: "reward" }).working);
  });
  it("takes the longest examples, and attention by the square of a row where it is composed", () => {
    const long = { prompt: 100, completions: [800, 600] };
    expect(of({}, [pair, pair, pair, long]).activations).toBeGreaterThan(of().activations);
    expect(of({}, [pair, pair, ...Array(50).fill({ prompt: 5, completions: [5] })])).toEqual(of({}, [pair, pair]));
    expect(of({}, [long, long]).activations).toBe(2 * of().activations);
    expect(of({}, [long, long], "composed").activations).toBeGreaterThan(2 * of({}, [pair], "composed").activations);
  });
  it("counts the demonstrations that are mixed in, whose pass is the larger one where they are long", () => {
    const mixed = (...demonstrations: number[]) => {
      const texts = demonstrations.map((prompt) => ({ prompt, completions: [] }));
      return estimateMemory(config, smollm2, [pair, pair], "fused", texts);
    };
    const long = of(
      { method: "sft" },
      pairs([
        [2000, 0, 0],
        [2000, 0, 0],
      ]),
    );
    expect(mixed(2000, 2000, 7).activations).toBe(long.activations);
    expect(mixed(7).activations).toBe(of().activations);
    // The gradients of the texts are added to those of the pairs, which both lie in memory by then.
    expect(mixed(7).optimizer).toBe(of({ batchSize: 4 }).optimizer);
    expect(mixed()).toEqual(of({}, [pair, pair]));
  });

  describe("fused", () => {
    // The figures are the peak resident memory, in GB, of whole runs of two steps with a checkpoint after the first, on
    // two cores (GNU time), float32. The tokens are those of prompt, chosen and rejected completion in the first pairs
    // of dpo_en_demo.json of at most 512 and 1,024 tokens.
    const first = pairs([
      [52, 342, 117],
      [40, 419, 142],
      [177, 64, 148],
      [64, 15, 75],
      [166, 3, 75],
      [68, 360, 233],
      [42, 260, 33],
      [71, 38, 23],
    ]);
    const longer = pairs([
      [52, 342, 117],
      [539, 238, 275],
      [45, 570, 237],
      [40, 419, 142],
      [482, 429, 275],
      [177, 64, 148],
      [54, 524, 446],
      [93, 910, 498],
    ]);
    const all = { lora: undefined };
    const again = { gradientCheckpointing: true };
    const second = { ...again, recomputeEvery: 2 };
    it.each([
      ["sft", 2, 4, {}, 2.38],
      ["sft", 8, 8, {}, 3.43],
      ["reward", 2, 4, {}, 2.37],
      ["reward", 4, 8, {}, 5.28, longer],
      ["dpo", 4, 4, {}, 2.9],
      ["dpo", 8, 8, {}, 3.96],
      ["dpo", 8, 8, again, 1.86],
      ["sft", 4, 4, again, 1.72],
      ["sft", 4, 4, second, 2.22],
      ["reward", 4, 4, second, 2.28],
      ["dpo", 4, 4, second, 2.35],
      // These runs trained all weights; the first read two texts of about 50 and 20 tokens.
      [
        "sft",
        2,
        2,
        all,
        4.86,
        pairs([
          [50, 20, 0],
          [50, 20, 0],
        ]),
      ],
      ["sft", 2, 4, all, 6.04],
      ["reward", 2, 4, all, 6.2],
      ["dpo", 2, 2, all, 5.95],
      ["dpo", 4, 4, all, 6.84],
    ] as const)("is up to a fifth more than what %s of %d at once of %d took with %o, and not less", (...row) => {
      const [method, microBatchSize, batchSize, changes, measured, examples = first] = row;
      const given = examples.slice(0, batchSize).map((one) => (method === "sft" ? alone(one) : one));
      const { total } = of({ method, microBatchSize, batchSize, ...changes }, given);
      expect(total / 1e9 / measured).toBeGreaterThanOrEqual(1);
      expect(total / 1e9 / measured).toBeLessThan(1.2);
    });

    // These models have the named shapes and random weights, and were measured in the same way (GPT-2's smallest
    // without a checkpoint).
    const wide = { layers: 12, hiddenSize: 1024, intermediateSize: 2816, heads: 16, keyValueHeads: 16 };
    const gpt2 = { layers: 12, hiddenSize: 768, intermediateSize: 3072, heads: 12, keyValueHeads: 12, gatedMlp: false };
    it.each([
      [wide, {}, 2.84],
      [gpt2, {}, 3.87],
      [gpt2, again, 2.0],
    ])("is so for other shapes: DPO of %o with %o", (shape, changes, measured) => {
      const four = { ...config, ...changes, microBatchSize: 4, batchSize: 4 };
      const { total } = estimateMemory(four, { ...smollm2, ...shape }, first.slice(0, 4), "fused");
      expect(total / 1e9 / measured).toBeGreaterThanOrEqual(1);
      expect(total / 1e9 / measured).toBeLessThan(1.2);
    });
  });

  describe("composed", () => {
    // These figures date from before there were fused operations, with a batch and micro-batch of 2.
    const two = pairs([
      [44, 442, 388],
      [53, 401, 276],
    ]);
    it.each([
      ["reward", {}, two, 6.15e9],
      ["dpo", {}, two, 6.13e9],
      ["dpo", { gradientCheckpointing: true }, two, 2.0e9],
      ["sft", { lora: undefined }, two.map(alone), 6.61e9],
    ] as const)("is within a tenth of what %s with %o took", (method, changes, examples, measured) => {
      const { total } = of({ method, ...changes }, [...examples], "composed");
      expect(Math.abs(total / measured - 1)).toBeLessThan(0.1);
    });
    it("is at most a tenth more than what all weights took on texts so short that a checkpoint takes the most", () => {
      const short = { prompt: 50, completions: [20] };
      const { total, checkpoint } = of({ method: "sft", lora: undefined }, [short, short], "composed");
      expect(total / 4.89e9).toBeGreaterThanOrEqual(1);
      expect(total / 4.89e9).toBeLessThan(1.1);
      expect(checkpoint).toBeGreaterThan(1e9);
    });
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
