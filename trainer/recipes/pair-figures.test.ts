import { describe, expect, it } from "vitest";
import { driftFigures, nllFigure, pairFigures } from "./pair-figures";

const microBatches = [
  { examples: [0], values: Float32Array.of(-10, -30) },
  { examples: [1], values: Float32Array.of(-20, -12) },
];
const read = (_: number, [chosen = 0, rejected = 0]: Float32Array) => ({
  rewards: [chosen / 10, rejected / 10] as [number, number],
  logps: [chosen, rejected] as [number, number],
  tokens: [5, 10] as [number, number],
});

describe("pairFigures", () => {
  it("are means over the pairs, and know no drift without a reference", () => {
    const figures = pairFigures(microBatches, read);
    expect(figures).toEqual({
      "rewards/chosen": -1.5,
      "rewards/rejected": expect.closeTo(-2.1, 6),
      "rewards/margins": expect.closeTo(0.6, 6),
      "rewards/accuracies": 0.5,
      "logps/chosen": -15,
      "logps/rejected": -21,
    });
  });
  it("a difference that rounding alone may have made is a tie, in either direction", () => {
    const accuracy = (difference: number) =>
      pairFigures(microBatches.slice(0, 1), (index, values) => ({
        ...read(index, values),
        rewards: [difference / 10, 0],
        logRatios: [difference, 0],
        rounding: 1e-4,
      }))["rewards/accuracies"];
    expect([2e-4, 1e-4, 0, -1e-4, -1].map(accuracy)).toEqual([1, 0, 0, 0, 0]);
  });
  it("drift is that of chosen alone, KL of every completion", () => {
    const figures = pairFigures(microBatches, (index, values) => ({ ...read(index, values), logRatios: [-4, 0] }));
    expect(figures["logps/chosenDrift"]).toBe(-4);
    // Two of four completions lost 0.8 nats on each of five tokens: 5·(e^-0.8 − 1 + 0.8) each.
    expect(figures.sequenceKl).toBeCloseTo((5 * (Math.exp(-0.8) - 0.2)) / 2, 6);
  });
  it("the likelihood of chosen is a mean over tokens, from sums also where log-probs are means", () => {
    const withMeans = (index: number, values: Float32Array) => ({
      ...read(index, values),
      logps: [-1, -1] as [number, number],
      sums: [values[0], values[1]] as [number, number],
    });
    expect(pairFigures(microBatches, withMeans, { nllCoefficient: 0.1 }).nll_loss).toBe(3);
    expect(pairFigures(microBatches, read, { nllCoefficient: 0 })).not.toHaveProperty("nll_loss");
  });
});

describe("of a batch without preferred completions", () => {
  it("there is neither drift nor likelihood, but a KL", () => {
    expect(driftFigures([{ logRatio: 0, tokens: 3, isChosen: false }])).toEqual({ sequenceKl: 0 });
    expect(nllFigure([])).toEqual({});
  });
});
