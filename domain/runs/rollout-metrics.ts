/**
 * The figures of an iteration of reinforcement learning that its charts and its diagnosis read, spelled as TRL spells
 * them where TRL has them. An iteration has one row; figures are means over its rollouts unless said otherwise.
 */
export const ROLLOUT_METRICS = {
  /** The KL to the reference in nats, summed over each sequence. */
  kl: "objective/kl",
  /** Minus the mean log-prob of a sampled token, in nats. */
  entropy: "objective/entropy",
  /** The scores as the reward source gave them. */
  scores: "objective/scores",
  /** The standard deviation of the scores within the iteration, which is what the policy can learn from. */
  scoresStd: "objective/scoresStd",
  /** The score minus β times the sequence's KL. */
  rlhfReward: "objective/rlhf_reward",
  /** The coefficient β of the KL penalty in this iteration. */
  klCoefficient: "objective/klCoefficient",
  /** The standard deviation of the advantages before whitening. */
  advantagesStd: "objective/advantagesStd",
  clipFraction: "policy/clipfrac_avg",
  approximateKl: "policy/approxkl_avg",
  policyLoss: "loss/policy_avg",
  valueLoss: "loss/value_avg",
  /** The explained variance 1 − Var(returns − values) ÷ Var(returns): 1 is exact, 0 no better than a constant. */
  explainedVariance: "val/explained_variance",
  /** The number of tokens of a completion. */
  length: "completions/length",
  /** The share of completions that ended their turn. */
  ended: "completions/ended",
  /** The share of completions that a reward model can't read, from which nothing is learned. */
  refused: "completions/refused",
  /** The number of distinct bigrams over that of all bigrams in the iteration's completions. */
  distinct2: "completions/distinct2",
  /** The mean overlap (Jaccard, bigrams) of two completions of the iteration. */
  selfSimilarity: "completions/selfSimilarity",
  /** The share of characters that only format: list marks, headings, emphasis, exclamation marks, emoji. */
  formatting: "completions/formatting",
  /** The correlation of score and length within the iteration, −1 to 1. */
  scoreLengthCorrelation: "completions/scoreLengthCorrelation",
  /** The correlation of score and formatting within the iteration, −1 to 1. */
  scoreFormattingCorrelation: "completions/scoreFormattingCorrelation",
  /** The score on prompts, or by a judge, that the run does not train on. */
  evalScores: "evalScores",
  /** The mean negative log-likelihood of the auxiliary text over the iteration's steps, in nats per token. */
  auxiliaryLoss: "loss/auxiliary_avg",
  /** The mean negative log-likelihood of the demonstrations that are mixed in, in nats per token. */
  sftLoss: "loss/sft_avg",
  /**
   * The mean negative log-likelihood of a suite's practice questions while the suite is below its threshold, in nats a
   * token.
   */
  practiceLoss: "loss/practice_avg",
  /** The share of tokens on which the value loss counted its clipped side. */
  valueClipFraction: "val/clipfrac_avg",
  /** The mean of π ÷ π_old over the iteration's updates. */
  ratio: "val/ratio",
  /** The figure is 1 where `epochKlLimit` ended the iteration's epochs early. */
  stoppedEarly: "policy/stoppedEarly",
  /** The gradient norm of the value model before clipping. */
  valueGradNorm: "val/gradNorm",
  /** The tokens a second of an iteration's three parts. */
  generateSpeed: "speed/generate",
  scoreSpeed: "speed/score",
  updateSpeed: "speed/update",
  /** The most memory that the run's process has held so far, GB (10⁹ bytes). */
  peakMemory: "memory/peak",
} as const;

/** Names the accuracy of a capability suite, 0 to 1: `suites/math`. */
export const SUITE_PREFIX = "suites/";
