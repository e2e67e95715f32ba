import { describe, expect, it } from "vitest";
import { completePpoConfig } from "@/domain/runs/complete-ppo-config";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import type { RunConfig } from "@/domain/runs/run-config";
import { createRandom } from "../../engine/random";
import { nextKlCoefficient, startingKlCoefficient } from "./kl-coefficient";

describe("adaptive β", () => {
  const settings = { klTarget: 6, klHorizon: 100 };
  it("moves by at most a fifth of n/horizon, towards the target", () => {
    expect(nextKlCoefficient(0.1, 60, 10, settings)).toBeCloseTo(0.1 * 1.02, 6);
    expect(nextKlCoefficient(0.1, 0, 10, settings)).toBeCloseTo(0.1 * 0.98, 6);
    expect(nextKlCoefficient(0.1, 6.6, 10, settings)).toBeCloseTo(0.1 * 1.01, 6);
  });
  it("stays without a target", () => expect(nextKlCoefficient(0.1, 60, 10, { klHorizon: 100 })).toBe(0.1));
});

describe("β to begin with", () => {
  it("is the one whose optimum against normal scores lies at the target", () => {
    // Scores of deviation 2, target 8 nats: KL = σ²/(2β²) = 4/(2·0.25) = 8.
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

/**
 * The mean KL of the last ten iterations, as a multiple of its target, of a policy that comes each iteration a part of
 * the way to the optimum for the present β (KL = σ²/(2β²), at most what the reward can give), measured with noise.
 */
function settledAt(
  config: Extract<RunConfig, { method: "ppo" }>,
  { deviation, pace, examples = 300, most = 60 }: { deviation: number; pace: number; examples?: number; most?: number },
): number {
  const complete = completePpoConfig(config, { examples, device: "cpu" }).config;
  const random = createRandom(5);
  const completions = complete.rolloutBatchSize * complete.samplesPerPrompt;
  const scores = Array.from({ length: completions }, () => deviation * random.normal());
  let klCoefficient = startingKlCoefficient(scores, complete);
  let kl = 0;
  const course: number[] = [];
  for (let iteration = 0; iteration < 40; iteration++) {
    course.push(kl);
    const measured = kl * (1 + (1.5 * random.normal()) / Math.sqrt(completions));
    klCoefficient = nextKlCoefficient(klCoefficient, measured, completions, complete);
    const optimum = Math.min(most, deviation ** 2 / (2 * klCoefficient ** 2));
    kl += pace * (optimum - kl);
  }
  const last = course.slice(-10);
  return last.reduce((sum, value) => sum + value, 0) / last.length / (complete.klTarget as number);
}

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
      const settled = settledAt(ppo({ klTarget }), policy);
      expect(Math.abs(settled - 1), `target ${klTarget}`).toBeLessThan(0.3);
    }
  });
  it("from a β that is far too small or too large", () => {
    for (const klCoefficient of [0.02, 0.5]) {
      const settled = settledAt(ppo({ klTarget: 4, klCoefficient }), { deviation: 0.3, pace: 0.3 });
      expect(Math.abs(settled - 1), `from ${klCoefficient}`).toBeLessThan(0.3);
    }
  });
  it("where the horizon of a long run misses it", () => {
    const settled = settledAt(ppo({ klTarget: 4, klCoefficient: 0.02, klHorizon: 10_000 }), {
      deviation: 0.3,
      pace: 0.3,
    });
    expect(settled).toBeGreaterThan(2);
  });
});
