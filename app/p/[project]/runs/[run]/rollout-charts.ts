import { ROLLOUT_METRICS, SUITE_PREFIX } from "@/domain/runs/rollout-metrics";
import type { Chart } from "../run-charts";
import type { MetricPoints } from "../run-figures";

/** Charts of a method that writes its own training data, an iteration a point. */
const ROLLOUT_CHARTS: Chart[] = [
  {
    title: "Reward",
    about:
      "Mean score of the rollouts as the reward source gives it, what is left of it after the KL penalty, and the score on prompts that are not trained on.",
    series: [
      { name: ROLLOUT_METRICS.scores, label: "score" },
      { name: ROLLOUT_METRICS.rlhfReward, label: "after KL" },
      { name: ROLLOUT_METRICS.evalScores, label: "held out", sparse: true },
    ],
  },
  {
    title: "KL per sequence",
    about: "How far the policy is from its reference, in nats summed over a completion.",
    series: [{ name: ROLLOUT_METRICS.kl, label: "nats" }],
  },
  {
    title: "Entropy",
    about: "How undecided the policy is, in nats a token. If it falls towards 0, completions become all the same.",
    series: [{ name: ROLLOUT_METRICS.entropy, label: "nats" }],
  },
  {
    title: "Clip fraction",
    about: "Share of tokens whose update was clipped. Above 0.3 the steps are too large.",
    series: [{ name: ROLLOUT_METRICS.clipFraction, label: "share" }],
  },
  {
    title: "Value: explained variance",
    about: "How well the value model foresees the returns: 1 is exact, 0 no better than a constant.",
    series: [{ name: ROLLOUT_METRICS.explainedVariance, label: "share" }],
  },
  {
    title: "Completion length",
    about: "Tokens of a rollout. If it grows with the reward, the reward may pay for length.",
    series: [{ name: ROLLOUT_METRICS.length, label: "tokens" }],
  },
  {
    title: "KL coefficient β",
    about: "What a nat of KL costs in this iteration.",
    series: [{ name: ROLLOUT_METRICS.klCoefficient, label: "β" }],
  },
  {
    title: "Spread",
    about: "Standard deviation of the scores and of the advantages within an iteration: what there is to learn from.",
    series: [
      { name: ROLLOUT_METRICS.scoresStd, label: "scores" },
      { name: ROLLOUT_METRICS.advantagesStd, label: "advantages" },
    ],
  },
  {
    title: "Diversity",
    about: "Distinct bigrams, and how much two completions of an iteration resemble each other.",
    series: [
      { name: ROLLOUT_METRICS.distinct2, label: "distinct" },
      { name: ROLLOUT_METRICS.selfSimilarity, label: "alike" },
    ],
  },
  {
    title: "Exploits",
    about: "How much of the score goes with length or formatting within an iteration, and the share of formatting.",
    series: [
      { name: ROLLOUT_METRICS.scoreLengthCorrelation, label: "score ~ length" },
      { name: ROLLOUT_METRICS.scoreFormattingCorrelation, label: "score ~ formatting" },
      { name: ROLLOUT_METRICS.formatting, label: "formatting" },
    ],
  },
  {
    title: "Completions that end",
    about: "Share of rollouts that ended their turn rather than being cut.",
    series: [{ name: ROLLOUT_METRICS.ended, label: "share" }],
  },
  {
    title: "Losses of policy and value",
    about: "The clipped surrogate and the value model's squared error, means over the iteration's epochs.",
    series: [
      { name: ROLLOUT_METRICS.policyLoss, label: "policy" },
      { name: ROLLOUT_METRICS.valueLoss, label: "value" },
    ],
  },
  {
    title: "Held-out text",
    about: "Loss on text that is not rewarded. If it rises, the policy forgets.",
    series: [{ name: ROLLOUT_METRICS.auxiliaryLoss, label: "loss" }],
  },
];

/** These, and one of the capability suites that the run scores. */
export function rolloutCharts(points: MetricPoints): Chart[] {
  const suites = [...points.keys()].filter((name) => name.startsWith(SUITE_PREFIX)).sort();
  if (suites.length === 0) return ROLLOUT_CHARTS;
  const about = "Accuracy of small own suites, scored while the run goes.";
  const series = suites.map((name) => ({ name, label: name.slice(SUITE_PREFIX.length), sparse: true }));
  return [...ROLLOUT_CHARTS, { title: "Capability suites", about, series }];
}
