import { expect, it } from "vitest";
import { diagnose } from "./diagnose";
import brief from "./fixtures/brief-answers.json";
import constant from "./fixtures/constant-reward.json";
import steps from "./fixtures/learning-rate-times-50.json";
import length from "./fixtures/length-reward.json";
import rewardModel from "./fixtures/reward-model.json";
import shortAnswers from "./fixtures/short-answers.json";
import smolConstant from "./fixtures/smol-constant-reward.json";
import smolLength from "./fixtures/smol-length-reward.json";
import smolLengthExploited from "./fixtures/smol-length-reward-exploited.json";
import tinySteps from "./fixtures/tiny-learning-rate-times-50.json";
import junk from "./fixtures/words-by-junk.json";
import { traceOf, verdictsOf } from "./testing/test-trace";

/**
 * The fixtures hold figures of runs that were really made, as the runs reported them. The diagnosis must say what
 * happened.
 */
const traceOfRecord = ({ configuration, series }: { configuration: object; series: Record<string, number[]> }) =>
  traceOf("ppo", series, { configuration: configuration as Record<string, unknown> });

it("a run that learned to answer briefly has nothing critical", () => {
  expect(verdictsOf(traceOfRecord(brief)).critical).toEqual([]);
});

it.each([
  ["528 pairs of labels, stopped early", rewardModel],
  ["1,598 pairs of labels, to its end", shortAnswers],
])("a run on a reward model from %s has no verdict", (_, record) => {
  expect(verdictsOf(traceOfRecord(record))).toEqual({ critical: [], warning: [], info: [] });
});

it.each([
  ["the tiny model", constant],
  ["SmolLM2, after three iterations", smolConstant],
])("a constant reward gives %s no signal to learn from", (_, record) => {
  expect(verdictsOf(traceOfRecord(record)).critical).toEqual(["no-learning"]);
});

it.each([
  ["the tiny model", length],
  ["SmolLM2, by fifteen iterations", smolLengthExploited],
])("a reward that pays for length is exploited by %s", (_, record) => {
  expect(verdictsOf(traceOfRecord(record)).critical).toEqual(["length-exploitation"]);
});

it("of another run SmolLM2 had made nothing of it in ten iterations, and is warned of it", () => {
  const { verdicts } = diagnose(traceOfRecord(smolLength));
  expect(verdicts.map(({ name, severity }) => [name, severity])).toContainEqual(["length-exploitation", "warning"]);
  expect(verdicts.filter(({ severity }) => severity === "critical")).toEqual([]);
});

it("a learning rate fifty times the default breaks the policy within four iterations", () => {
  expect(verdictsOf(traceOfRecord(steps)).critical).toEqual(["learning-rate-out-of-range", "kl-explosion"]);
});

it("the same harms the tiny model too, though KL is held and the score rises", () => {
  const { verdicts } = diagnose(traceOfRecord(tinySteps));
  const critical = verdicts.filter(({ severity }) => severity === "critical");
  expect(critical.map(({ name }) => name)).toEqual(["learning-rate-out-of-range"]);
  expect(critical[0]?.evidence.map(({ metric }) => metric)).toContain("policy/clipfrac_avg");
});

it("a reward for few words that is earned with long junk words is hacked", () => {
  const { verdicts } = diagnose(traceOfRecord(junk));
  expect(verdicts.map(({ name, severity }) => [name, severity])).toEqual([["reward-hacking", "warning"]]);
  expect(verdicts[0]?.evidence.map(({ metric }) => metric)).toContain("objective/entropy");
});
