import type { MetricMeaning } from "./metric-names";
import { ROLLOUT_METRICS as M } from "./rollout-metrics";

/**
 * What a chart says beside the name of an iteration's figure. `better` is null also for scores, since two runs may be
 * scored by different rewards.
 */
export const rolloutMeanings: Record<(typeof M)[keyof typeof M], MetricMeaning> = {
  [M.scores]: {
    title: "Reward: score",
    meaning: "Mean score of the rollouts, as the reward source gives it.",
    better: null,
  },
  [M.rlhfReward]: {
    title: "Reward after penalties and KL",
    meaning: "The score after the penalties for length, a missing end of turn and KL.",
    better: null,
  },
  [M.evalScores]: { title: "Reward, held out", meaning: "Score on prompts that are not trained on.", better: null },
  [M.scoresStd]: {
    title: "Spread of scores",
    meaning: "Standard deviation of the scores within an iteration. Without a spread there is nothing to learn from.",
    better: null,
  },
  [M.advantagesStd]: {
    title: "Spread of advantages",
    meaning: "Standard deviation of the advantages before whitening.",
    better: null,
  },
  [M.kl]: { title: "KL per sequence", meaning: "KL to the reference, in nats summed over a completion.", better: null },
  [M.klCoefficient]: {
    title: "KL coefficient β",
    meaning: "The penalty for each nat of KL in this iteration.",
    better: null,
  },
  [M.entropy]: { title: "Entropy", meaning: "How uncertain the policy is, in nats per token.", better: null },
  [M.length]: { title: "Completion length", meaning: "Tokens of a rollout.", better: null },
  [M.ended]: {
    title: "Completions that end",
    meaning: "Share of rollouts that ended their turn rather than being cut.",
    better: null,
  },
  [M.refused]: {
    title: "Completions that can't be scored",
    meaning: "Share of rollouts that a reward model can't read; nothing is learned from them.",
    better: "lower",
  },
  [M.distinct2]: { title: "Diversity: distinct", meaning: "The share of bigrams that are distinct.", better: null },
  [M.selfSimilarity]: {
    title: "Diversity: similarity",
    meaning: "How much two completions of an iteration resemble each other.",
    better: null,
  },
  [M.formatting]: { title: "Formatting", meaning: "The share of characters that are formatting.", better: null },
  [M.scoreLengthCorrelation]: {
    title: "Score ~ length",
    meaning: "Correlation of score and length within an iteration.",
    better: null,
  },
  [M.scoreFormattingCorrelation]: {
    title: "Score ~ formatting",
    meaning: "Correlation of score and formatting within an iteration.",
    better: null,
  },
  [M.policyLoss]: { title: "Loss of the policy", meaning: "The clipped surrogate.", better: null },
  [M.valueLoss]: {
    title: "Loss of the value model",
    meaning: "The clipped squared error of the value model.",
    better: null,
  },
  [M.explainedVariance]: {
    title: "Value: explained variance",
    meaning: "How well the value model foresees the returns: 1 is exact, 0 no better than a constant.",
    better: "higher",
  },
  [M.clipFraction]: {
    title: "Clip fraction, policy",
    meaning: "Share of tokens whose policy update was clipped.",
    better: null,
  },
  [M.valueClipFraction]: {
    title: "Clip fraction, value",
    meaning: "Share of tokens for which the value loss used its clipped term.",
    better: null,
  },
  [M.approximateKl]: {
    title: "Size of an update",
    meaning: "Approximate KL between the policy before and after an iteration's updates, in nats.",
    better: null,
  },
  [M.stoppedEarly]: {
    title: "Epochs ended early",
    meaning: "1 where the size of an update ended an iteration's epochs early.",
    better: null,
  },
  [M.ratio]: {
    title: "Probability ratio",
    meaning: "Mean of the new over the old probability of a sampled token.",
    better: null,
  },
  [M.valueGradNorm]: {
    title: "Gradient norm of the value model",
    meaning: "The norm of the value model's gradient before clipping.",
    better: null,
  },
  [M.sftLoss]: {
    title: "Loss of demonstrations",
    meaning: "Loss of the demonstrations that are mixed into the policy's steps, in nats per token.",
    better: "lower",
  },
  [M.practiceLoss]: {
    title: "Loss of practice",
    meaning: "Loss of the practice questions of a suite whose accuracy fell, in nats per token.",
    better: "lower",
  },
  [M.auxiliaryLoss]: {
    title: "Loss of auxiliary text",
    meaning:
      "Loss of the auxiliary text, which earns no reward, in nats per token. If it rises, the policy is forgetting.",
    better: "lower",
  },
  [M.generateSpeed]: {
    title: "Speed of writing",
    meaning: "New tokens per second while completions are written.",
    better: "higher",
  },
  [M.scoreSpeed]: {
    title: "Speed of scoring",
    meaning: "Tokens per second while completions are scored.",
    better: "higher",
  },
  [M.updateSpeed]: {
    title: "Speed of learning",
    meaning: "Tokens per second while the policy learns.",
    better: "higher",
  },
  [M.peakMemory]: {
    title: "Peak memory",
    meaning: "The most memory that the run's process has used, in GB (10⁹ bytes).",
    better: "lower",
  },
};
