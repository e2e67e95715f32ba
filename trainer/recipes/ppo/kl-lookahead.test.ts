import { describe, expect, it } from "vitest";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import type { RunConfig } from "@/domain/runs/run-config";
import { type Plant, settled, simulateKl } from "../../fixtures/kl-plant";

type Ppo = Extract<RunConfig, { method: "ppo" }>;
const ppo = (more: object) =>
  checkRunConfig({
    method: "ppo",
    dataset: "p.jsonl",
    lora: {},
    rewardModels: ["r"],
    maxSteps: 40,
    klTarget: 4,
    ...more,
  }) as Ppo;
const LOOK = { klLookahead: 10 };
const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
/** Simulates many draws of scores and noise: the largest KL, the KL at which it settles, and how far β falls. */
const courses = (more: object, plant: Plant) => {
  const runs = Array.from({ length: 41 }, (_, seed) => simulateKl(ppo(more), plant, { seed }));
  return {
    peak: median(runs.map(({ kl }) => Math.max(...kl))),
    settled: median(runs.map(({ kl }) => settled(kl))),
    leastBeta: median(runs.map(({ beta }) => Math.min(...beta))),
  };
};

describe("β winds down while a policy follows slowly", () => {
  it.each<[string, Plant]>([
    ["a lag of ten iterations", { deviation: 0.6, pace: 0.1 }],
    ["a lag and momentum", { deviation: 0.6, pace: 0.2, momentum: 0.7 }],
    ["a learning rate that needs 15 iterations to the target", { deviation: 0.6, pace: 0.5, fastest: 1 / 15 }],
  ])("with %s", (_, plant) => {
    const [without, withLook] = [courses({}, plant), courses(LOOK, plant)];
    expect(without.peak).toBeGreaterThan(1.7);
    expect(withLook.peak - 1).toBeLessThan(0.55 * (without.peak - 1));
    expect(withLook.leastBeta).toBeGreaterThan(without.leastBeta);
    expect(Math.abs(withLook.settled - 1)).toBeLessThan(Math.abs(without.settled - 1));
  });
  it("and a look ahead does not keep it from falling where it began too high", () => {
    const { settled, leastBeta } = courses({ ...LOOK, klCoefficient: 0.6 }, { deviation: 0.6, pace: 0.2 });
    expect(leastBeta).toBeLessThan(0.5);
    expect(Math.abs(settled - 1)).toBeLessThan(0.1);
  });
});

it("a look ahead needs a target to look for", () => {
  expect(() => ppo({ ...LOOK, klTarget: undefined })).toThrow(/^run: klLookahead: .*klTarget/);
  expect(() => ppo({ klLookahead: 2 })).toThrow(/^run: klLookahead: /);
});
