import { describe, expect, it } from "vitest";
import { createRandom } from "../../engine/random";
import { correlation, distinctShare, formattingShare, selfSimilarity } from "./completion-statistics";
import { addMoments, NO_MOMENTS } from "./running-moments";
import { combineScores, shapeScores } from "./shape-scores";

// The expected values were worked out by hand from the formulas.

describe("scores", () => {
  const plain = { normalizeReward: false, lengthPenalty: 0, missingEosPenalty: 0 };
  it("of an ensemble: the lowest, or the mean less k deviations", () => {
    expect(combineScores([1, 3, 5], { ensemble: "min", ensembleStdCoefficient: 0 })).toBe(1);
    expect(combineScores([1, 3], { ensemble: "mean", ensembleStdCoefficient: 0.5 })).toBeCloseTo(2 - 0.5);
  });
  it("are clipped before the penalties come off", () => {
    const completions = [
      { score: 9, length: 4, ended: true },
      { score: -9, length: 10, ended: false },
    ];
    const settings = { ...plain, rewardClip: 2, lengthPenalty: 0.1, missingEosPenalty: 1 };
    expect(shapeScores(completions, NO_MOMENTS, settings).scores).toEqual([2 - 0.4, -2 - 1 - 1]);
  });
  it("are normalised by all scores so far, this iteration's included", () => {
    const of = (...scores: number[]) => scores.map((score) => ({ score, length: 1, ended: true }));
    const first = shapeScores(of(1, 3), NO_MOMENTS, { ...plain, normalizeReward: true });
    expect(first.scores[0]).toBeCloseTo(-1, 5);
    const second = shapeScores(of(5, 7), first.moments, { ...plain, normalizeReward: true });
    // 1, 3, 5, 7: mean 4, variance 5
    expect(second.moments).toEqual({ count: 4, mean: 4, variance: 5 });
    expect(second.scores[1]).toBeCloseTo(3 / Math.sqrt(5), 5);
  });
});

describe("running moments", () => {
  it("do not depend on how the scores were cut into iterations", () => {
    const random = createRandom(1);
    const scores = Array.from({ length: 60 }, () => 3 + random.normal());
    const whole = addMoments(NO_MOMENTS, scores);
    const parts = [scores.slice(0, 7), scores.slice(7, 40), scores.slice(40)].reduce(addMoments, NO_MOMENTS);
    expect(parts.count).toBe(60);
    expect(parts.mean).toBeCloseTo(whole.mean, 4);
    expect(parts.variance).toBeCloseTo(whole.variance, 4);
  });
});

describe("completion statistics", () => {
  it("counts distinct n-grams", () => {
    expect(distinctShare([[1, 2, 1, 2]], 2)).toBeCloseTo(2 / 3);
    expect(
      distinctShare(
        [
          [1, 2],
          [1, 2],
        ],
        2,
      ),
    ).toBe(0.5);
    expect(distinctShare([[1]], 2)).toBe(0);
  });
  it("compares completions pair by pair", () => {
    expect(
      selfSimilarity([
        [1, 2, 3],
        [1, 2, 3],
      ]),
    ).toBe(1);
    expect(
      selfSimilarity([
        [1, 2, 3],
        [1, 2, 4],
      ]),
    ).toBeCloseTo(1 / 3);
    expect(selfSimilarity([[1, 2, 3]])).toBe(0);
  });
  it("tells marks from words", () => {
    expect(formattingShare("no marks at all, none")).toBe(0);
    expect(formattingShare("- a\n- b")).toBeCloseTo(2 / 7);
    expect(formattingShare("**Hi**!")).toBeCloseTo(5 / 7);
  });
  it("correlates", () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1);
    expect(correlation([1, 2, 3], [3, 3, 3])).toBe(0);
  });
});
