import { describe, expect, it } from "vitest";
import { diagnose } from "../diagnose";
import { line, severityOf, traceOf } from "../testing/test-trace";
import type { PairLengths, RunTrace } from "../trace";
import { accuracyNearChance } from "./accuracy-near-chance";
import { betaTooHigh } from "./beta-too-high";
import { betaTooLow } from "./beta-too-low";
import { chosenDrift } from "./chosen-drift";
import { lengthBias } from "./length-bias";

/** Makes a DPO run whose log-ratios go from 0 to the given ones, in nats, on completions of −100 nats. */
function dpo(chosen: number, rejected: number, { beta = 0.1, steps = 30 } = {}): RunTrace {
  const rewards = (to: number) => line(0, beta * to, steps);
  return traceOf(
    "dpo",
    {
      "rewards/chosen": rewards(chosen),
      "rewards/rejected": rewards(rejected),
      "rewards/margins": rewards(chosen - rejected),
      "logps/chosen": line(-100, -100 + chosen, steps),
      "logps/rejected": line(-100, -100 + rejected, steps),
    },
    { configuration: { beta } },
  );
}

describe("chosen completions become unlikely", () => {
  it.each([
    ["chosen up, rejected down", dpo(4, -10), "clear"],
    ["both down, by little", dpo(-2, -8), "clear"],
    ["both down", dpo(-20, -50), "warning"],
    ["both far down", dpo(-80, -150), "critical"],
    ["5 steps", dpo(-80, -150, { steps: 5 }), "undecided"],
    ["without log-probs", traceOf("dpo", { loss: line(0.7, 0.1, 30) }), "undecided"],
  ])("%s: %s", (_, trace, expected) => expect(severityOf(chosenDrift.examine(trace))).toBe(expected));

  it("takes the drift that the run reports over what its rewards say", () => {
    const { series } = dpo(-20, -50);
    const trace = (drift: number) => ({
      ...traceOf("dpo", {}),
      series: new Map([...series, ...traceOf("dpo", { "logps/chosenDrift": line(0, drift, 30) }).series]),
      configuration: { beta: 0.1 },
    });
    expect(severityOf(chosenDrift.examine(trace(-80)))).toBe("critical");
    expect(severityOf(chosenDrift.examine(trace(-1)))).toBe("clear");
  });

  it("measures SimPO, which has no reference, from its first steps", () => {
    const trace = traceOf("simpo", { "logps/chosen": line(-20, -32, 30), "logps/rejected": line(-20, -60, 30) });
    expect(severityOf(chosenDrift.examine(trace))).toBe("warning");
  });
});

describe("β too low", () => {
  it.each([
    ["usual β, near", dpo(2, -8), "clear"],
    ["low β, still near", dpo(2, -8, { beta: 0.01 }), "info"],
    ["low β, far away", dpo(-30, -200, { beta: 0.01 }), "critical"],
    ["usual β, far away all the same", dpo(-30, -200), "warning"],
    ["low β, too short to see", dpo(-30, -200, { beta: 0.01, steps: 3 }), "info"],
    ["β unknown", traceOf("dpo", {}), "undecided"],
  ])("%s", (_, trace, expected) => expect(severityOf(betaTooLow.examine(trace))).toBe(expected));
});

describe("β too high", () => {
  it.each([
    ["usual β", dpo(0.1, -0.1), "clear"],
    ["high β and hardly moved", dpo(0.1, -0.1, { beta: 1 }), "warning"],
    ["high β and moved", dpo(3, -5, { beta: 1 }), "info"],
    ["high β and moved the wrong way", dpo(-5, 3, { beta: 1 }), "info"],
    ["high β, too short to see", dpo(0.1, -0.1, { beta: 1, steps: 10 }), "info"],
  ])("%s", (_, trace, expected) => expect(severityOf(betaTooHigh.examine(trace))).toBe(expected));
});

describe("accuracy near chance", () => {
  const accuracies = (to: number, steps = 40) => traceOf("dpo", { "rewards/accuracies": line(0.5, to, steps, 0.05) });
  it.each([
    ["learns", accuracies(0.95), "clear"],
    ["a coin", accuracies(0.5), "warning"],
    ["the opposite", accuracies(0.1), "critical"],
    ["19 steps", accuracies(0.5, 19), "undecided"],
  ])("%s", (_, trace, expected) => expect(severityOf(accuracyNearChance.examine(trace))).toBe(expected));

  it("reads a reward model's own figure", () => {
    const trace = traceOf("reward", { accuracy: line(0.5, 0.5, 30) });
    expect(accuracyNearChance.examine(trace)).toMatchObject({ evidence: [{ metric: "accuracy", steps: [16, 30] }] });
  });
});

describe("length in the preferences", () => {
  const pairs = (part: Partial<PairLengths>) =>
    traceOf("dpo", {}, { pairs: { count: 40, chosen: 400, rejected: 300, chosenLonger: 0.8, ...part } });
  it.each([
    ["the longer one wins", pairs({}), "warning"],
    ["longer wins often, but hardly longer", pairs({ chosen: 320 }), "clear"],
    ["longer on the mean, seldom chosen for it", pairs({ chosenLonger: 0.6 }), "clear"],
    ["few pairs", pairs({ count: 19 }), "undecided"],
    ["the model's completions grow", traceOf("dpo", { "completions/length": line(50, 90, 10) }), "warning"],
    ["they do not", traceOf("dpo", { "completions/length": line(50, 55, 10) }), "clear"],
    ["the shorter one wins", pairs({ chosen: 300, rejected: 400, chosenLonger: 0.2 }), "warning"],
    ["shorter wins always, as far as could be", pairs({ chosen: 90, rejected: 530, chosenLonger: 0 }), "warning"],
    ["shorter wins often, but hardly shorter", pairs({ chosen: 380, rejected: 400, chosenLonger: 0.2 }), "clear"],
    ["shorter on the mean, seldom chosen for it", pairs({ chosen: 300, rejected: 400, chosenLonger: 0.4 }), "clear"],
    ["shorter wins in few pairs", pairs({ count: 19, chosen: 90, rejected: 530, chosenLonger: 0 }), "undecided"],
    ["the model's completions shrink", traceOf("dpo", { "completions/length": line(90, 50, 10) }), "warning"],
  ])("%s", (_, trace, expected) => expect(severityOf(lengthBias.examine(trace))).toBe(expected));

  it("is called by its direction", () => {
    const titles = [
      pairs({}),
      pairs({ chosen: 300, rejected: 400, chosenLonger: 0.2 }),
      traceOf("dpo", { "completions/length": line(50, 90, 10) }),
      traceOf("dpo", { "completions/length": line(90, 50, 10) }),
    ].map((trace) => diagnose(trace).verdicts.find(({ name }) => name === "length-growth")?.title);
    expect(titles).toEqual([
      "People mostly chose the longer one",
      "People mostly chose the shorter one",
      "Completions grow longer",
      "Completions grow shorter",
    ]);
  });
});
