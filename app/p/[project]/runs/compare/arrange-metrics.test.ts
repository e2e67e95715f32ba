import { expect, it } from "vitest";
import { METRICS } from "@/domain/runs/metric-names";
import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import { arrangeMetrics } from "./arrange-metrics";
import type { ComparedRun } from "./compared-runs";

const run = (number: number, ...names: string[]) =>
  ({ run: { number }, metrics: names.map((name) => ({ name, points: [{ step: 1, value: 1 }] })) }) as ComparedRun;

it("puts what two runs share first, and what one of them alone reports into groups that say so", () => {
  const dpo = run(1, "loss", "gradNorm", "tokensPerSecond", "tokens", "rewards/accuracies", "logps/chosen");
  const ppo = run(
    2,
    "loss",
    "gradNorm",
    "tokensPerSecond",
    "tokens",
    "objective/kl",
    "completions/length",
    "suites/math",
  );
  const { first, groups } = arrangeMetrics([dpo, ppo]);
  expect(first).toEqual(["loss", "gradNorm", "tokensPerSecond"]);
  expect(groups).toEqual([
    { title: "Pairs and their scores", names: ["rewards/accuracies", "logps/chosen"], runs: [1] },
    { title: "Distance from the reference", names: ["objective/kl"], runs: [2] },
    { title: "Completions", names: ["completions/length"], runs: [2] },
    { title: "Capability suites", names: ["suites/math"], runs: [2] },
  ]);
});

it("opens a method's own main figures where two of its runs are compared", () => {
  const names = ["objective/kl", "completions/length", "completions/distinct2", "never-heard-of"];
  const { first, groups } = arrangeMetrics([run(3, ...names), run(4, ...names)]);
  expect(first).toEqual(["objective/kl", "completions/length"]);
  expect(groups.map(({ title, names, runs }) => [title, names, runs])).toEqual([
    ["Completions", ["completions/distinct2"], [3, 4]],
    ["Other figures", ["never-heard-of"], [3, 4]],
  ]);
});

it("has a group for every figure that a run can report", () => {
  const names = [...Object.values(METRICS), ...Object.values(ROLLOUT_METRICS)];
  const { groups } = arrangeMetrics([run(1, ...names)]);
  expect(groups.find(({ title }) => title === "Other figures")).toBeUndefined();
  expect(groups.flatMap((group) => group.names).toSorted()).toEqual(names.toSorted());
});
