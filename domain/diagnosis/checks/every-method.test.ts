import { describe, expect, it } from "vitest";
import { line, severityOf, traceOf } from "../testing/test-trace";
import { forgetting } from "./forgetting";
import { instability } from "./instability";
import { learningRate } from "./learning-rate";
import { noLearning } from "./no-learning";
import { numericalFailure } from "./numerical-failure";
import { overfitting } from "./overfitting";

const falling = line(0.7, 0.2, 40, 0.02);
const calm = line(1, 0.8, 40, 0.1);
/** Replaces the values of a series at some steps, given as {step: value}. */
const withSpikes = (values: number[], spikes: Record<number, number>) =>
  values.map((value, at) => spikes[at + 1] ?? value);

describe("instability", () => {
  it.each([
    ["calm", { loss: falling, gradNorm: calm }, "clear"],
    ["two spikes of the gradient", { loss: falling, gradNorm: withSpikes(calm, { 20: 30, 31: 12 }) }, "warning"],
    ["one spike of the gradient", { loss: falling, gradNorm: withSpikes(calm, { 20: 30 }) }, "clear"],
    ["a jump below the clipping norm", { gradNorm: withSpikes(line(0.01, 0.01, 40), { 20: 0.5, 25: 0.5 }) }, "clear"],
    ["one spike of the loss", { loss: withSpikes(falling, { 25: 5 }), gradNorm: calm }, "warning"],
    ["a loss that rises", { loss: line(0.7, 3, 40, 0.05), gradNorm: calm }, "critical"],
    ["a rise within the noise", { loss: line(0.7, 0.8, 40, 0.4), gradNorm: calm }, "clear"],
    ["11 steps", { loss: line(0.7, 3, 11), gradNorm: line(1, 1, 11) }, "undecided"],
  ])("%s", (_, series, expected) => expect(severityOf(instability.examine(traceOf("sft", series)))).toBe(expected));

  it("of PPO: most of an update clipped away, and no word on a loss that says nothing", () => {
    const loss = line(0.1, 5, 20);
    const kl = line(0, 1, 20);
    const trace = (clipped: number) =>
      traceOf("ppo", { loss, "objective/kl": kl, "policy/clipfrac_avg": line(0.1, clipped, 20) });
    expect(severityOf(instability.examine(trace(0.6)))).toBe("warning");
    expect(severityOf(instability.examine(trace(0.2)))).toBe("clear");
  });

  it("of PPO: what was clipped at the start is told when nothing is any more, a single iteration isn't", () => {
    const rest = line(0.05, 0, 20);
    const trace = (...first: number[]) =>
      traceOf("ppo", { "objective/kl": line(0, 1, 20), "policy/clipfrac_avg": [...first, ...rest].slice(0, 20) });
    expect(instability.examine(trace(0.1, 0.4, 0.3, 0.35))).toMatchObject({
      severity: "warning",
      evidence: [{ text: expect.stringContaining("In iterations 2 to 4, 35 % of the tokens were clipped") }],
    });
    expect(severityOf(instability.examine(trace(0.1, 0.7)))).toBe("clear");
  });
});

describe("learning rate", () => {
  const run = (learningRate: number, series: Record<string, number[]> = { loss: falling, gradNorm: calm }) =>
    traceOf("dpo", series, { configuration: { learningRate, lora: { rank: 8 } } });
  const rising = { loss: line(0.7, 2, 20), gradNorm: calm };
  it.each([
    ["usual", run(5e-5), "clear"],
    ["at the upper end", run(5e-5 + 1e-9), "warning"],
    ["fifty times too high, and the loss rises", run(2.5e-3, rising), "critical"],
    ["fifty times too high, nothing to see yet", run(2.5e-3, {}), "warning"],
    ["twice too high, and the loss rises for it or for something else", run(1e-4, rising), "warning"],
    ["too low", run(1e-7), "info"],
    ["unknown", traceOf("dpo", {}), "undecided"],
  ])("%s", (_, trace, expected) => expect(severityOf(learningRate.examine(trace))).toBe(expected));

  it("of PPO: fifty times too high is critical once updates are mostly clipped, though KL is held", () => {
    const configuration = { policyLearningRate: 1e-2, klTarget: 4, lora: { rank: 8 } };
    const trace = (clipped: number) =>
      traceOf("ppo", { "objective/kl": line(0, 3, 8), "policy/clipfrac_avg": line(clipped, 0, 8) }, { configuration });
    expect(severityOf(learningRate.examine(trace(0.5)))).toBe("critical");
    expect(severityOf(learningRate.examine(trace(0.2)))).toBe("warning");
  });

  it("of PPO: that of the policy and that of the value model, by their own ranges", () => {
    const configuration = { policyLearningRate: 3e-6, valueLearningRate: 1e-3 };
    const trace = traceOf("ppo", { "objective/kl": [1, 1, 1] }, { configuration });
    expect(learningRate.examine(trace)).toMatchObject({
      severity: "warning",
      evidence: [{ text: "valueLearningRate is 0.001; the usual range is 1e-5–5e-5." }],
    });
  });
});

describe("no learning", () => {
  it.each([
    ["a loss that falls", { loss: line(0.69, 0.5, 30) }, "clear"],
    ["a loss that stands", { loss: line(0.69, 0.688, 30, 0.003) }, "warning"],
    ["a loss that rises is no standstill", { loss: line(0.69, 1.2, 30) }, "clear"],
    ["19 steps", { loss: line(0.69, 0.69, 19) }, "undecided"],
  ])("%s", (_, series, expected) => expect(severityOf(noLearning.examine(traceOf("dpo", series)))).toBe(expected));
});

describe("overfitting", () => {
  const loss = line(2, 0.5, 40);
  it.each([
    ["validation falls too", { loss, evalLoss: [2, 1.6, 1.4, 1.3] }, "clear"],
    ["validation rises", { loss, evalLoss: [2, 1.5, 1.6, 1.7] }, "warning"],
    ["validation rises by half", { loss, evalLoss: [2, 1.2, 1.6, 2] }, "critical"],
    ["validation rises by 4 %", { loss, evalLoss: [2, 1.5, 1.56] }, "clear"],
    ["both rise: not this one", { loss: line(0.5, 2, 40), evalLoss: [1, 1.5, 2] }, "clear"],
    ["two validations", { loss, evalLoss: [1, 2] }, "undecided"],
    ["none held out", { loss }, "undecided"],
  ])("%s", (_, series, expected) => expect(severityOf(overfitting.examine(traceOf("sft", series)))).toBe(expected));

  it("says where to stop", () => {
    const outcome = overfitting.examine(traceOf("sft", { loss, evalLoss: [2, 1.5, 1.6, 1.7] }));
    expect(outcome).toMatchObject({ evidence: [{ steps: [2, 4] }], fix: expect.stringContaining("near step 2") });
  });
});

describe("forgetting", () => {
  it.each([
    ["suites hold", { "suites/math": [0.4, 0.42, 0.38] }, {}, "clear"],
    ["a suite falls", { "suites/math": [0.4, 0.3, 0.25], "suites/coding": [0.3, 0.3, 0.3] }, {}, "warning"],
    ["a suite falls far", { "suites/math": [0.6, 0.3, 0.2] }, {}, "critical"],
    ["surely below its own threshold", { "suites/math": [0.4, 0.38] }, { suiteThresholds: { math: 0.7 } }, "warning"],
    ["below its own threshold by chance", { "suites/math": [0.4, 0.38] }, { suiteThresholds: { math: 0.39 } }, "clear"],
    ["a suite rises", { "suites/math": [0.2, 0.5, 0.6] }, {}, "clear"],
    ["held-out loss falls", { "loss/auxiliary_avg": line(2.5, 2, 10) }, {}, "clear"],
    ["scored once", { "suites/math": [0.4] }, {}, "undecided"],
    ["held-out loss rises", { "loss/auxiliary_avg": line(2, 2.5, 10) }, {}, "warning"],
    ["held-out loss stays", { "loss/auxiliary_avg": line(2, 2.1, 10) }, {}, "clear"],
    ["nothing measured", {}, {}, "undecided"],
  ])("%s", (_, series, configuration, expected) =>
    expect(severityOf(forgetting.examine(traceOf("ppo", series as Record<string, number[]>, { configuration })))).toBe(
      expected,
    ),
  );
});

it("a run that ended in no numbers says so, another failure does not", () => {
  const failure = { code: "non-finite-loss", message: "Step 7: the loss is NaN.", step: 7 };
  expect(numericalFailure.examine(traceOf("dpo", {}, { failure }))).toMatchObject({
    severity: "critical",
    evidence: [{ text: "Step 7: the loss is NaN.", steps: [2, 7] }],
  });
  const atOnce = traceOf("dpo", {}, { failure: { ...failure, step: 0 } }); // The run ended in its first step, so that it has no figures.
  expect(numericalFailure.examine(atOnce)).toMatchObject({ evidence: [{ metric: null, steps: null }] });
  expect(severityOf(numericalFailure.examine(traceOf("dpo", {}, { failure: { ...failure, code: "other" } })))).toBe(
    "clear",
  );
});
