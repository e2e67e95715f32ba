import { ROLLOUT_METRICS, SUITE_PREFIX } from "@/domain/runs/rollout-metrics";
import type { Chart } from "./chart";
import type { MetricPoints } from "./run-figures";

/** What a person watches while a method writes its own training data, an iteration a point. */
const WATCHED: Chart[] = [
  {
    title: "Reward",
    about:
      "Mean score of the rollouts as the reward source gives it, the reward that is left after the penalties for length, a missing end of turn and KL, and the score on prompts that are not trained on.",
    series: [
      { name: ROLLOUT_METRICS.scores, label: "score" },
      { name: ROLLOUT_METRICS.rlhfReward, label: "after penalties and KL" },
      { name: ROLLOUT_METRICS.evalScores, label: "held out", sparse: true },
    ],
  },
  {
    title: "KL per sequence",
    about: "How far the policy is from its reference, in nats summed over a completion.",
    unit: "nats",
    series: [{ name: ROLLOUT_METRICS.kl, label: "mean" }],
  },
  {
    title: "Entropy",
    about: "How uncertain the policy is, in nats per token. If entropy falls towards 0, all completions become alike.",
    unit: "nats per token",
    series: [{ name: ROLLOUT_METRICS.entropy, label: "mean" }],
  },
  {
    title: "Clip fraction",
    about:
      "Share of tokens whose update was clipped, of the policy and of its value model. Above 0.3, the steps are too large.",
    within: [0, "auto"],
    series: [
      { name: ROLLOUT_METRICS.clipFraction, label: "policy" },
      { name: ROLLOUT_METRICS.valueClipFraction, label: "value" },
    ],
  },
  {
    title: "Value: explained variance",
    about: "How well the value model foresees the returns: 1 is exact, 0 no better than a constant.",
    series: [{ name: ROLLOUT_METRICS.explainedVariance, label: "share" }],
  },
  {
    title: "Completion length",
    about: "Tokens of a rollout. If the length grows with the reward, the reward may pay for length.",
    unit: "tokens",
    within: [0, "auto"],
    series: [{ name: ROLLOUT_METRICS.length, label: "mean" }],
  },
  {
    title: "KL coefficient β",
    about: "The penalty for each nat of KL in this iteration.",
    within: [0, "auto"],
    series: [{ name: ROLLOUT_METRICS.klCoefficient, label: "β" }],
  },
  {
    title: "Tokens per second",
    about: "Real tokens (no padding) per second over a whole iteration.",
    within: [0, "auto"],
    series: [{ name: "tokensPerSecond", label: "tokens/s" }],
  },
];

/** What is looked up when one of those looks odd. */
const LOOKED_UP: Chart[] = [
  {
    title: "Spread",
    about:
      "Standard deviation of the scores and of the advantages within an iteration. Without a spread there is nothing to learn from.",
    series: [
      { name: ROLLOUT_METRICS.scoresStd, label: "scores" },
      { name: ROLLOUT_METRICS.advantagesStd, label: "advantages" },
    ],
  },
  {
    title: "Diversity",
    about: "Share of distinct bigrams, and how much two completions of an iteration resemble each other.",
    within: [0, 1],
    series: [
      { name: ROLLOUT_METRICS.distinct2, label: "distinct" },
      { name: ROLLOUT_METRICS.selfSimilarity, label: "alike" },
    ],
  },
  {
    title: "Exploits",
    about:
      "How strongly the score correlates with length and with formatting within an iteration, and the share of formatting characters.",
    series: [
      { name: ROLLOUT_METRICS.scoreLengthCorrelation, label: "score ~ length" },
      { name: ROLLOUT_METRICS.scoreFormattingCorrelation, label: "score ~ formatting" },
      { name: ROLLOUT_METRICS.formatting, label: "formatting" },
    ],
  },
  {
    title: "Completions that end",
    about:
      "Share of rollouts that ended their turn rather than being cut, and of those that a reward model can't read.",
    within: [0, 1],
    series: [
      { name: ROLLOUT_METRICS.ended, label: "ended" },
      { name: ROLLOUT_METRICS.refused, label: "can't be scored" },
    ],
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
    title: "Losses on other text than the rollouts",
    about:
      "Losses on the texts that the policy learns from besides its own completions: mixed-in demonstrations, practice questions of a suite whose accuracy fell, and auxiliary text that earns no reward. If these losses rise, the policy is forgetting.",
    unit: "nats per token",
    series: [
      { name: ROLLOUT_METRICS.sftLoss, label: "demonstrations" },
      { name: ROLLOUT_METRICS.practiceLoss, label: "practice", sparse: true },
      { name: ROLLOUT_METRICS.auxiliaryLoss, label: "auxiliary text" },
    ],
  },
  {
    title: "Size of an update",
    about:
      "Approximate KL between the policy before and after an iteration's updates, and a mark at 1 where it ended the epochs early.",
    unit: "nats",
    within: [0, "auto"],
    series: [
      { name: ROLLOUT_METRICS.approximateKl, label: "KL" },
      { name: ROLLOUT_METRICS.stoppedEarly, label: "ended early" },
    ],
  },
  {
    title: "Probability ratio",
    about: "Mean of the new over the old probability of a sampled token. It stays near 1 while updates are balanced.",
    series: [{ name: ROLLOUT_METRICS.ratio, label: "mean" }],
  },
  {
    title: "Speed of the phases",
    about: "Tokens per second while completions are written, scored and learned from.",
    unit: "tokens/s",
    within: [0, "auto"],
    series: [
      { name: ROLLOUT_METRICS.generateSpeed, label: "write" },
      { name: ROLLOUT_METRICS.scoreSpeed, label: "score" },
      { name: ROLLOUT_METRICS.updateSpeed, label: "learn" },
    ],
  },
  {
    title: "Peak memory",
    about: "The most memory that the run's process has used so far, including models, optimizers and TensorFlow.",
    unit: "GB",
    within: [0, "auto"],
    series: [{ name: ROLLOUT_METRICS.peakMemory, label: "peak" }],
  },
  {
    title: "Gradient norm of the value model",
    about: "Norm of the value model's gradient before clipping.",
    within: [0, "auto"],
    series: [{ name: ROLLOUT_METRICS.valueGradNorm, label: "norm" }],
  },
];

export const watchedRolloutCharts = (): readonly Chart[] => WATCHED;

/** These, and one of the capability suites that the run scores. */
export function lookedUpRolloutCharts(points: MetricPoints): readonly Chart[] {
  const suites = [...points.keys()].filter((name) => name.startsWith(SUITE_PREFIX)).sort();
  if (suites.length === 0) return LOOKED_UP;
  const about = "Accuracy on Tuneloop's small capability suites, scored during the run.";
  const series = suites.map((name) => ({ name, label: name.slice(SUITE_PREFIX.length), sparse: true }));
  return [...LOOKED_UP, { title: "Capability suites", about, within: [0, 1], series }];
}
