import { describe, expect, it } from "vitest";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import type { RunConfig } from "@/domain/runs/run-config";
import { settled, simulateKl } from "../../fixtures/kl-plant";
import { courseAfter, nextKlCoefficient, startingKlCoefficient } from "./kl-coefficient";

describe("adaptive β", () => {
  const settings = { klTarget: 6, klHorizon: 100 };
  it("moves by at most a fifth of n/horizon, towards the target", () => {
    expect(nextKlCoefficient(0.1, [60], 10, settings)).toBeCloseTo(0.1 * 1.02, 6);
    expect(nextKlCoefficient(0.1, [0], 10, settings)).toBeCloseTo(0.1 * 0.98, 6);
    expect(nextKlCoefficient(0.1, [6.6], 10, settings)).toBeCloseTo(0.1 * 1.01, 6);
  });
  it("stays without a target", () => expect(nextKlCoefficient(0.1, [60], 10, { klHorizon: 100 })).toBe(0.1));
});

describe("β with a look ahead", () => {
  const settings = { klTarget: 6, klHorizon: 100, klLookahead: 3 };
  it("does not fall while KL is on its way to the target, and rises as it does without", () => {
    expect(nextKlCoefficient(0.1, [1, 2, 3], 10, settings)).toBe(0.1); // 3 + 3·1 = 6
    expect(nextKlCoefficient(0.1, [1, 1.9, 2.8], 10, settings)).toBeCloseTo(0.1 * 0.98, 6); // 5.5
    expect(nextKlCoefficient(0.1, [3, 5, 7.2], 10, settings)).toBeCloseTo(0.1 * 1.02, 6);
  });
  it("sees no slope in two iterations", () => {
    expect(nextKlCoefficient(0.1, [1, 5], 10, settings)).toBeCloseTo(0.1 * (1 - (1 / 6) * 0.1), 6);
  });
  it("keeps of the course what it looks back on, as a checkpoint holds it", () => {
    expect(courseAfter([1, 2, 3], 0.1, settings)).toEqual([2, 3, Math.fround(0.1)]);
    expect(courseAfter([2], 3, {})).toEqual([3]);
  });
});

describe("β to begin with", () => {
  it("is the one whose optimum against normal scores lies at the target", () => {
    // For scores of deviation 2 and a target of 8 nats, KL = σ²/(2β²) = 4/(2·0.25) = 8.
    expect(startingKlCoefficient([1, 5], { klTarget: 8 })).toBeCloseTo(0.5, 6);
  });
  it("is the one that was chosen, where one was", () => {
    expect(startingKlCoefficient([1, 5], { klTarget: 8, klCoefficient: 0 })).toBe(0);
    expect(startingKlCoefficient([1, 5], { klCoefficient: 0.2 })).toBeCloseTo(0.2, 6);
  });
  it("is 0.1 where scores or target say nothing", () => {
    expect(startingKlCoefficient([3, 3], { klTarget: 8 })).toBeCloseTo(0.1, 6);
    expect(startingKlCoefficient([1, 5], {})).toBeCloseTo(0.1, 6);
  });
});

describe("the defaults of a short run hold the target", () => {
  const ppo = (more: object) =>
    checkRunConfig({ method: "ppo", dataset: "p.jsonl", lora: {}, maxSteps: 40, ...more }) as Extract<
      RunConfig,
      { method: "ppo" }
    >;
  const policies = [
    { deviation: 0.3, pace: 0.1 },
    { deviation: 0.3, pace: 0.5 },
    { deviation: 5, pace: 0.1 },
    { deviation: 5, pace: 0.5 },
  ];
  it.each(policies)("of any size of scores: %o", (policy) => {
    for (const klTarget of [1, 4, 10]) {
      const { kl } = simulateKl(ppo({ klTarget }), policy);
      expect(Math.abs(settled(kl) - 1), `target ${klTarget}`).toBeLessThan(0.3);
    }
  });
  it("from a β that is far too small or too large", () => {
    for (const klCoefficient of [0.02, 0.5]) {
      const { kl } = simulateKl(ppo({ klTarget: 4, klCoefficient }), { deviation: 0.3, pace: 0.3 });
      expect(Math.abs(settled(kl) - 1), `from ${klCoefficient}`).toBeLessThan(0.3);
    }
  });
  it("where the horizon of a long run misses it", () => {
    const slow = ppo({ klTarget: 4, klCoefficient: 0.02, klHorizon: 10_000 });
    expect(settled(simulateKl(slow, { deviation: 0.3, pace: 0.3 }).kl)).toBeGreaterThan(2);
  });
});
