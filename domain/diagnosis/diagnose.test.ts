import { describe, expect, it } from "vitest";
import { CHECKS } from "./checks";
import { checksOf, diagnose } from "./diagnose";
import { line, traceOf, verdictsOf } from "./testing/test-trace";

const iterations = 30;
const healthyPpo = {
  loss: line(0.2, 0.1, iterations, 0.02),
  gradNorm: line(0.8, 0.6, iterations, 0.1),
  "objective/kl": line(0, 6, iterations, 0.2),
  "objective/entropy": line(2.2, 1.8, iterations, 0.05),
  "objective/scores": line(0.1, 1.4, iterations, 0.05),
  "objective/scoresStd": line(1, 0.8, iterations, 0.05),
  "objective/advantagesStd": line(0.9, 0.7, iterations, 0.05),
  "policy/clipfrac_avg": line(0.05, 0.12, iterations, 0.02),
  "val/explained_variance": line(-0.3, 0.6, iterations, 0.05),
  "completions/length": line(40, 44, iterations, 1),
  "completions/ended": line(0.9, 0.95, iterations),
  "completions/distinct2": line(0.8, 0.75, iterations),
  "completions/selfSimilarity": line(0.05, 0.08, iterations),
  "completions/formatting": line(0.02, 0.02, iterations),
  "completions/scoreLengthCorrelation": line(0.1, 0.1, iterations, 0.1),
  evalScores: line(0.1, 1.1, iterations, 0.05),
  "suites/math": line(0.4, 0.39, 5),
};
const configuration = { policyLearningRate: 3e-5, valueLearningRate: 2e-4, klTarget: 6, lora: { rank: 8 } };
const nothing = { critical: [], warning: [], info: [] };

describe("a run in order", () => {
  it("of PPO has no verdict, and every check says what it saw", () => {
    const trace = traceOf("ppo", healthyPpo, { configuration });
    expect(verdictsOf(trace)).toEqual(nothing);
    const { clear, undecided } = diagnose(trace);
    expect(undecided).toEqual([]);
    expect(clear).toHaveLength(checksOf(trace).length);
  });

  it("of DPO has none either", () => {
    const steps = 40;
    const series = {
      loss: line(0.69, 0.4, steps, 0.03),
      gradNorm: line(2, 1.5, steps, 0.3),
      "rewards/chosen": line(0, 0.3, steps),
      "rewards/rejected": line(0, -0.8, steps),
      "rewards/margins": line(0, 1.1, steps),
      "rewards/accuracies": line(0.5, 0.9, steps, 0.05),
      "logps/chosen": line(-100, -97, steps),
      "logps/rejected": line(-100, -108, steps),
      evalLoss: [0.69, 0.6, 0.55, 0.5, 0.49],
      evalAccuracy: [0.5, 0.7, 0.7, 0.8, 0.8],
    };
    const trace = traceOf("dpo", series, {
      configuration: { learningRate: 5e-5, beta: 0.1, lora: { rank: 16 } },
      pairs: { count: 40, chosen: 300, rejected: 310, chosenLonger: 0.5 },
    });
    expect(verdictsOf(trace)).toEqual(nothing);
  });

  it("says nothing of a run that has only begun", () => {
    const begun = Object.fromEntries(Object.entries(healthyPpo).map(([name, values]) => [name, values.slice(0, 1)]));
    expect(verdictsOf(traceOf("ppo", begun, { configuration }))).toEqual(nothing);
    expect(verdictsOf(traceOf("dpo", {}))).toEqual(nothing);
  });
});

describe("three injected failures", () => {
  it("a reward that pays for length", () => {
    const series = {
      ...healthyPpo,
      "completions/length": line(30, 64, iterations, 1),
      "completions/ended": line(0.9, 0.05, iterations),
      "completions/scoreLengthCorrelation": [...line(0.98, 0.95, 15), ...line(0.9, 0.2, 15)],
      evalScores: [],
    };
    expect(verdictsOf(traceOf("ppo", series, { configuration })).critical).toEqual(["length-exploitation"]);
  });

  it("a learning rate fifty times too high", () => {
    const series = {
      ...healthyPpo,
      gradNorm: line(1, 30, iterations, 1),
      "objective/kl": line(0, 300, iterations, 5),
      "policy/clipfrac_avg": line(0.1, 0.7, iterations),
    };
    const wrong = { ...configuration, policyLearningRate: 1.5e-3 };
    const { critical } = verdictsOf(traceOf("ppo", series, { configuration: wrong }));
    expect(critical).toEqual(["learning-rate-out-of-range", "kl-explosion"]);
  });

  it("a constant reward", () => {
    const series = {
      ...healthyPpo,
      "objective/scores": line(1, 1, iterations),
      "objective/scoresStd": line(0, 0, iterations),
    };
    expect(verdictsOf(traceOf("ppo", series, { configuration })).critical).toEqual(["no-learning"]);
  });
});

it("puts the worst first and gives every verdict a fix and evidence", () => {
  const series = { ...healthyPpo, "val/explained_variance": line(-1, -1, 20), "objective/kl": line(0, 90, 20) };
  const { verdicts } = diagnose(traceOf("ppo", series, { configuration }));
  expect(verdicts.map(({ severity }) => severity)).toEqual(["critical", "warning", "warning"]);
  for (const { fix, evidence } of verdicts) expect([fix.length > 20, evidence.length > 0]).toEqual([true, true]);
});

it("names are unique", () => {
  const names = CHECKS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
