import type { MetricMeaning } from "./metric-names";
import { ROLLOUT_METRICS as M } from "./rollout-metrics";

/**
 * What a chart says beside the name of an iteration's figure. `better` is null also for scores, since two runs may be
 * scored by different rewards.
 */
export const rolloutMeanings: Record<(typeof M)[keyof typeof M], MetricMeaning> = {
  [M.scores]: { title: "Reward: score", meaning: "Mean score of the rollouts, as the reward gives it.", better: null },
  [M.rlhfReward]: {
    title: "Reward after penalties and KL",
    meaning: "What is left of the score once length, missing end and KL are paid for.",
    better: null,
  },
  [M.evalScores]: { title: "Reward, held out", meaning: "Score on prompts that are not trained on.", better: null },
  [M.scoresStd]: {
    title: "Spread of scores",
    meaning: "Standard deviation of the scores within an iteration: what there is to learn from.",
    better: null,
  },
  [M.advantagesStd]: {
    title: "Spread of advantages",
    meaning: "Standard deviation of the advantages before whitening.",
    better: null,
  },
  [M.kl]: { title: "KL per sequence", meaning: "To the reference, nats summed over a completion.", better: null },
  [M.klCoefficient]: { title: "KL coefficient β", meaning: "What a nat of KL costs in this iteration.", better: null },
  [M.entropy]: { title: "Entropy", meaning: "How undecided the policy is, nats a token.", better: null },
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
  [M.distinct2]: { title: "Diversity: distinct", meaning: "Distinct bigrams of all.", better: null },
  [M.selfSimilarity]: {
    title: "Diversity: alike",
    meaning: "How much two completions of an iteration resemble each other.",
    better: null,
  },
  [M.formatting]: { title: "Formatting", meaning: "Share of characters that only format.", better: null },
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
  [M.valueLoss]: { title: "Loss of the value model", meaning: "Its clipped squared error.", better: null },
  [M.explainedVariance]: {
    title: "Value: explained variance",
    meaning: "How well the value model foresees the returns: 1 is exact, 0 no better than a constant.",
    better: "higher",
  },
  [M.clipFraction]: {
    title: "Clip fraction, policy",
    meaning: "Share of tokens whose update was clipped.",
    better: null,
  },
  [M.valueClipFraction]: {
    title: "Clip fraction, value",
    meaning: "Share of tokens on which the value loss counted its clipped side.",
    better: null,
  },
  [M.approximateKl]: {
    title: "Distance of an update",
    meaning: "Approximate KL between the policy before and after an iteration's updates, nats.",
    better: null,
  },
  [M.stoppedEarly]: {
    title: "Epochs ended early",
    meaning: "1 where the distance of an update ended an iteration's epochs.",
    better: null,
  },
  [M.ratio]: {
    title: "Probability ratio",
    meaning: "Mean of the new over the old probability of a sampled token.",
    better: null,
  },
  [M.valueGradNorm]: {
    title: "Gradient norm of the value model",
    meaning: "Length of its gradient before clipping.",
    better: null,
  },
  [M.sftLoss]: {
    title: "Loss of demonstrations",
    meaning: "Of those that are mixed into the policy's steps, nats a token.",
    better: "lower",
  },
  [M.practiceLoss]: {
    title: "Loss of practice",
    meaning: "Of a fallen suite's practice questions, nats a token.",
    better: "lower",
  },
  [M.auxiliaryLoss]: {
    title: "Loss of auxiliary text",
    meaning: "Of text that earns no reward, nats a token. If it rises, the policy forgets.",
    better: "lower",
  },
  [M.generateSpeed]: { title: "Speed of writing", meaning: "New tokens a second.", better: "higher" },
  [M.scoreSpeed]: { title: "Speed of scoring", meaning: "Tokens a second.", better: "higher" },
  [M.updateSpeed]: { title: "Speed of learning", meaning: "Tokens a second.", better: "higher" },
  [M.peakMemory]: {
    title: "Peak memory",
    meaning: "The most that the run's process has held, GB (10⁹ bytes).",
    better: "lower",
  },
};
