import { describe, expect, it } from "vitest";
import { line, severityOf, traceOf } from "../testing/test-trace";
import { collapse } from "./collapse";
import { formattingExploitation } from "./formatting-exploitation";
import { klExplosion } from "./kl-explosion";
import { lengthExploitation } from "./length-exploitation";
import { noLearning } from "./no-learning";
import { rewardHacking } from "./reward-hacking";
import { valueInaccurate } from "./value-inaccurate";

const rising = { "objective/scores": line(0, 2, 20, 0.05), "objective/scoresStd": line(1, 1, 20) };
const flat = { "objective/scores": line(0, 0.05, 20, 0.05), "objective/scoresStd": line(1, 1, 20) };

describe("KL", () => {
  const ppo = (kl: number[], klTarget?: number) =>
    traceOf("ppo", { "objective/kl": kl }, { configuration: klTarget === undefined ? {} : { klTarget } });
  it.each([
    ["at its target", ppo(line(0, 6, 10), 6), "clear"],
    ["twice its target", ppo(line(0, 12, 10), 6), "clear"],
    ["above twice its target", ppo([0, 10, 14, 14, 14], 6), "warning"],
    ["far above its target", ppo([0, 4, 20, 40, 80], 6), "critical"],
    ["without a target, small", ppo(line(0, 10, 10)), "clear"],
    ["without a target, far", ppo([0, 50, 60, 70]), "critical"],
    ["negative", ppo([-3, -3, -3], 6), "warning"],
    ["two iterations", ppo([60, 80], 6), "undecided"],
  ])("%s", (_, trace, expected) => expect(severityOf(klExplosion.examine(trace))).toBe(expected));
});

describe("no learning", () => {
  it.each([
    ["the score rises", rising, "clear"],
    ["the score stands", flat, "warning"],
    ["one score for all", { "objective/scores": [1, 1, 1], "objective/scoresStd": [0, 0, 0] }, "critical"],
    ["one score for all, without its spread", { "objective/scores": [1, 1, 1, 1, 1, 1] }, "critical"],
    ["nearly one score", { "objective/scores": [1, 1, 1], "objective/scoresStd": [0.01, 0.01, 0.01] }, "undecided"],
    ["two iterations", { "objective/scores": [1, 1], "objective/scoresStd": [0, 0] }, "undecided"],
    [
      "scores of zero that differ",
      { "objective/scores": line(0, 0.4, 20), "objective/scoresStd": line(0.2, 0.2, 20) },
      "clear",
    ],
  ])("%s", (_, series, expected) => expect(severityOf(noLearning.examine(traceOf("ppo", series)))).toBe(expected));
});

describe("a score that falls", () => {
  it("is not called noise", () => {
    const outcome = noLearning.examine(traceOf("ppo", { ...rising, "objective/scores": line(2, 0, 20, 0.05) }));
    expect(outcome).toMatchObject({ evidence: [{ text: expect.stringMatching(/it falls instead of rising\.$/) }] });
  });
});

describe("reward hacking", () => {
  it.each([
    ["score and held-out score rise", { ...rising, evalScores: line(0, 1, 20) }, "clear"],
    [
      "score rises, held-out score falls",
      { ...rising, evalScores: [...line(0, 1, 8), ...line(1, -1, 12)] },
      "critical",
    ],
    ["score rises, much KL paid", { ...rising, "objective/kl": line(0, 40, 20) }, "warning"],
    ["score rises, little KL paid", { ...rising, "objective/kl": line(0, 8, 20) }, "clear"],
    ["score and entropy rise", { ...rising, "objective/entropy": line(2.2, 4, 20) }, "warning"],
    ["score rises, entropy falls", { ...rising, "objective/entropy": line(2.2, 1.6, 20) }, "clear"],
    ["entropy rises alone", { ...flat, "objective/entropy": line(2.2, 4, 20) }, "clear"],
    ["score stands, held-out score falls", { ...flat, evalScores: line(1, 0, 20) }, "clear"],
    ["5 iterations", { "objective/scores": line(0, 9, 5), "objective/kl": line(0, 90, 5) }, "undecided"],
  ])("%s", (_, series, expected) => expect(severityOf(rewardHacking.examine(traceOf("ppo", series)))).toBe(expected));
});

describe("length exploitation", () => {
  const length = (from: number, to: number) => ({ "completions/length": line(from, to, 20) });
  const ended = (from: number, to: number) => ({ "completions/ended": line(from, to, 20) });
  const correlation = (value: number) => ({ "completions/scoreLengthCorrelation": line(value, value, 20) });
  it.each([
    [
      "score and length rise, one explains the other",
      { ...rising, ...length(20, 35), ...correlation(0.9) },
      "critical",
    ],
    ["score and length rise, for whatever reason", { ...rising, ...length(20, 30), ...correlation(0.2) }, "warning"],
    ["length doubles with the score", { ...rising, ...length(20, 45) }, "critical"],
    ["score rises, length stays", { ...rising, ...length(20, 22), ...correlation(0.2) }, "clear"],
    ["length decides, nothing was made of it yet", { ...flat, ...length(20, 20), ...correlation(0.9) }, "warning"],
    [
      "the score rises by length up to the limit, which is near",
      { ...rising, ...length(23, 28), ...correlation(0.9), ...ended(0.4, 0.05) },
      "critical",
    ],
    [
      "fewer end with the score, which has another reason",
      { ...rising, ...length(23, 28), ...correlation(0.2), ...ended(0.4, 0.05) },
      "warning",
    ],
    [
      "more end with the score, though it follows length",
      { ...rising, ...length(23, 28), ...correlation(0.9), ...ended(0.4, 0.9) },
      "warning",
    ],
    ["length grows, the score does not", { ...flat, ...length(20, 45) }, "clear"],
    ["length falls, the score does not rise", { ...flat, ...length(45, 20) }, "clear"],
    ["length halves with the score", { ...rising, ...length(45, 20) }, "critical"],
    [
      "score rises, length falls, for whatever reason",
      { ...rising, ...length(30, 20), ...correlation(0.2) },
      "warning",
    ],
    [
      "score rises, length falls, which explains it",
      { ...rising, ...length(35, 25), ...correlation(-0.9) },
      "critical",
    ],
    [
      "score rises, length falls against its correlation",
      { ...rising, ...length(28, 20), ...correlation(0.9) },
      "warning",
    ],
    ["brevity decides, nothing was made of it yet", { ...flat, ...length(20, 20), ...correlation(-0.9) }, "warning"],
    ["score rises, length falls a little", { ...rising, ...length(22, 20), ...correlation(-0.2) }, "clear"],
    ["shorter because the model has learned to end", { ...rising, ...length(23, 10), ...ended(0.4, 0.97) }, "clear"],
    ["no lengths", rising, "undecided"],
  ])("%s", (_, series, expected) =>
    expect(severityOf(lengthExploitation.examine(traceOf("ppo", series)))).toBe(expected),
  );

  it("mentions completions that do not end", () => {
    const trace = traceOf("ppo", { ...rising, ...length(20, 45), "completions/ended": line(0.9, 0.1, 20) });
    expect(lengthExploitation.examine(trace)).toMatchObject({
      evidence: [{ metric: "completions/length" }, {}, { metric: "completions/ended", steps: [18, 20] }],
    });
  });
});

describe("formatting exploitation", () => {
  const share = (from: number, to: number) => ({ "completions/formatting": line(from, to, 20) });
  const correlation = { "completions/scoreFormattingCorrelation": line(0.8, 0.8, 20) };
  const against = { "completions/scoreFormattingCorrelation": line(-0.8, -0.8, 20) };
  it.each([
    ["score and formatting rise together", { ...rising, ...share(0.02, 0.2), ...correlation }, "critical"],
    ["score and formatting rise", { ...rising, ...share(0.02, 0.2) }, "warning"],
    ["still a rare character", { ...rising, ...share(0.005, 0.02), ...correlation }, "clear"],
    ["formatting grows, the score does not", { ...flat, ...share(0.02, 0.2), ...correlation }, "clear"],
    ["score rises, formatting vanishes, which explains it", { ...rising, ...share(0.2, 0.02), ...against }, "critical"],
    ["score rises, formatting vanishes", { ...rising, ...share(0.2, 0.02) }, "warning"],
    [
      "score rises, formatting vanishes against its correlation",
      { ...rising, ...share(0.2, 0.02), ...correlation },
      "warning",
    ],
    ["there was hardly any formatting to lose", { ...rising, ...share(0.02, 0.005), ...against }, "clear"],
    ["formatting vanishes, the score does not rise", { ...flat, ...share(0.2, 0.02), ...against }, "clear"],
    ["no texts", rising, "undecided"],
  ])("%s", (_, series, expected) =>
    expect(severityOf(formattingExploitation.examine(traceOf("ppo", series)))).toBe(expected),
  );
});

describe("collapse", () => {
  const entropy = (to: number) => ({ "objective/entropy": line(2, to, 20) });
  it.each([
    ["entropy keeps its level", entropy(1.4), "clear"],
    ["entropy below half", entropy(0.6), "warning"],
    ["entropy nearly gone", entropy(0.1), "critical"],
    [
      "bigrams and likeness together",
      { "completions/distinct2": line(0.8, 0.3, 20), "completions/selfSimilarity": line(0.1, 0.6, 20) },
      "critical",
    ],
    ["likeness alone", { "completions/selfSimilarity": line(0.1, 0.4, 20) }, "warning"],
    ["nothing measured", {}, "undecided"],
    ["5 iterations", { "objective/entropy": line(2, 0.1, 5) }, "undecided"],
  ])("%s", (_, series, expected) =>
    expect(severityOf(collapse.examine(traceOf("ppo", series as Record<string, number[]>)))).toBe(expected),
  );
});

describe("value model", () => {
  const explained = (from: number, to: number, steps = 20) =>
    traceOf("ppo", { "val/explained_variance": line(from, to, steps) });
  it.each([
    ["learns", explained(-0.5, 0.6), "clear"],
    ["stays worse than a constant", explained(-0.8, -0.2), "warning"],
    ["9 iterations", explained(-0.8, -0.2, 9), "undecided"],
    ["none", traceOf("ppo", {}), "undecided"],
  ])("%s", (_, trace, expected) => expect(severityOf(valueInaccurate.examine(trace))).toBe(expected));
});
