import { STRENGTH_BUCKETS, type Strength } from "./preference-strength";
import type { ROLLOUT_METRICS } from "./rollout-metrics";

/**
 * The names of the figures in metrics.jsonl, spelled as TRL spells them, so that a run can be laid beside one of TRL's.
 * `logps/*` are sums over a completion's tokens (ORPO, SimPO: means), averaged over the batch. `logits/*` are means
 * over the vocabulary and over completion tokens (for ORPO and SimPO too, where TRL counts prompts and padding in).
 * Names that TRL has none for are in the project's own spelling.
 */
export const METRICS = {
  loss: "loss",
  gradNorm: "gradNorm",
  learningRate: "learningRate",
  rewardsChosen: "rewards/chosen",
  rewardsRejected: "rewards/rejected",
  rewardsMargins: "rewards/margins",
  rewardsAccuracies: "rewards/accuracies",
  logpsChosen: "logps/chosen",
  logpsRejected: "logps/rejected",
  logitsChosen: "logits/chosen",
  logitsRejected: "logits/rejected",
  chosenDrift: "logps/chosenDrift",
  sequenceKl: "sequenceKl",
  nllLoss: "nll_loss",
  logOddsRatio: "log_odds_ratio",
  logOddsChosen: "log_odds_chosen",
  accuracy: "accuracy",
  margin: "margin",
  minReward: "min_reward",
  meanReward: "mean_reward",
  maxReward: "max_reward",
  kl: "kl",
  evalLoss: "evalLoss",
  evalAccuracy: "evalAccuracy",
  evalMargin: "evalMargin",
} as const;
export type MetricName = (typeof METRICS)[keyof typeof METRICS] | StrengthMetricName;
/** Names the accuracy on held-out pairs of one preference strength, and the number of these pairs. */
type StrengthMetricName = `evalAccuracy/${Strength}` | `evalPairs/${Strength}`;
export const evalAccuracyOf = (strength: Strength) => `evalAccuracy/${strength}` as const;
export const evalPairsOf = (strength: Strength) => `evalPairs/${strength}` as const;
/** Names the accuracy of a suite: `suites/math`. */
export type Metrics = Partial<Record<MetricName | RolloutMetricName | `suites/${string}`, number>>;
export type RolloutMetricName = (typeof ROLLOUT_METRICS)[keyof typeof ROLLOUT_METRICS];

export type MetricMeaning = { title: string; meaning: string; better: "higher" | "lower" | null };

/** What a chart says beside the figure's name. */
export const metricMeanings: Record<MetricName, MetricMeaning> = {
  loss: { title: "Loss", meaning: "The quantity that training minimises.", better: "lower" },
  gradNorm: { title: "Gradient norm", meaning: "The norm of the gradient before clipping.", better: null },
  learningRate: { title: "Learning rate", meaning: "The size of this step, after warm-up and schedule.", better: null },
  "rewards/chosen": {
    title: "Reward of chosen",
    meaning:
      "β times the gain of the chosen completion's log-probability over the reference, summed over its tokens even where the loss averages over them. With ORPO and SimPO: λ or β times the mean log-probability of a token.",
    better: "higher",
  },
  "rewards/rejected": {
    title: "Reward of rejected",
    meaning: "The implicit reward of the rejected completion, defined like the reward of chosen.",
    better: "lower",
  },
  "rewards/margins": {
    title: "Margin",
    meaning: "Reward of the chosen completion minus reward of the rejected one.",
    better: "higher",
  },
  "rewards/accuracies": {
    title: "Accuracy",
    meaning: "Share of pairs in which the chosen completion has the higher reward.",
    better: "higher",
  },
  "logps/chosen": { title: "Log-prob of chosen", meaning: "Log-probability of the chosen completion.", better: null },
  "logps/rejected": {
    title: "Log-prob of rejected",
    meaning: "Log-probability of the rejected completion.",
    better: null,
  },
  "logits/chosen": {
    title: "Mean logit of chosen",
    meaning:
      "Mean of the logits over the vocabulary and over the tokens of the chosen completions. It moves with the scale of the output, not with its quality; a steady rise or fall shows drift.",
    better: null,
  },
  "logits/rejected": {
    title: "Mean logit of rejected",
    meaning: "Mean of the logits over the vocabulary and over the tokens of the rejected completions.",
    better: null,
  },
  "logps/chosenDrift": {
    title: "Drift of chosen",
    meaning:
      "How much more likely (below 0: less likely) the chosen completions are than under the reference, in nats per completion. Far below 0, probability goes to texts that nobody has seen.",
    better: "higher",
  },
  sequenceKl: {
    title: "KL per sequence, estimate",
    meaning:
      "Estimated distance to the reference on the batch's completions, in nats per completion. The policy did not write these completions, so read the trend, not the value.",
    better: null,
  },
  nll_loss: {
    title: "NLL of chosen",
    meaning: "The likelihood part of the loss before its weight: minus the mean log-probability of a learned token.",
    better: "lower",
  },
  log_odds_ratio: {
    title: "Log-sigmoid of the odds",
    meaning: "ORPO's log σ of the log odds of chosen against rejected, mean of the batch; 0 where chosen is certain.",
    better: "higher",
  },
  log_odds_chosen: {
    title: "Log odds of chosen",
    meaning: "ORPO's log odds of chosen minus those of rejected, mean of the batch.",
    better: "higher",
  },
  accuracy: {
    title: "Accuracy",
    meaning: "Share of pairs in which the chosen completion scores higher.",
    better: "higher",
  },
  margin: {
    title: "Margin",
    meaning: "Score of the chosen completion minus score of the rejected one.",
    better: "higher",
  },
  min_reward: { title: "Lowest score", meaning: "Lowest score of a completion of the batch.", better: null },
  mean_reward: { title: "Mean score", meaning: "Mean score of the batch's completions.", better: null },
  max_reward: { title: "Highest score", meaning: "Highest score of a completion of the batch.", better: null },
  kl: { title: "KL estimate", meaning: "KTO's reference point z, in nats.", better: null },
  evalLoss: { title: "Validation loss", meaning: "The loss on records that are not trained on.", better: "lower" },
  evalAccuracy: {
    title: "Validation accuracy",
    meaning: "The accuracy on records that are not trained on.",
    better: "higher",
  },
  evalMargin: {
    title: "Validation margin",
    meaning: "The margin on records that are not trained on.",
    better: "higher",
  },
  ...(Object.fromEntries(STRENGTH_BUCKETS.flatMap(meaningsOfStrength)) as Record<StrengthMetricName, MetricMeaning>),
};

function meaningsOfStrength({ key, title }: (typeof STRENGTH_BUCKETS)[number]): [StrengthMetricName, MetricMeaning][] {
  const accuracy = `Share of held-out pairs that people called ${title.toLowerCase()} in which the chosen completion scores higher.`;
  return [
    [evalAccuracyOf(key), { title: `Validation accuracy, ${key} better`, meaning: accuracy, better: "higher" }],
    [
      evalPairsOf(key),
      {
        title: `Validation pairs, ${key} better`,
        meaning: "The number of held-out pairs of this strength.",
        better: null,
      },
    ],
  ];
}
