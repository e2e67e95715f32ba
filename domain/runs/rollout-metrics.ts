/**
 * Figures of an iteration of reinforcement learning that its charts and its diagnosis read. Spelled as TRL spells them
 * where TRL has them. One row an iteration; means over its rollouts unless said otherwise.
 */
export const ROLLOUT_METRICS = {
  /** KL to the reference, summed over each sequence, nats. */
  kl: "objective/kl",
  /** Minus the mean log-prob of a sampled token, nats. */
  entropy: "objective/entropy",
  /** Scores of the reward source, raw. */
  scores: "objective/scores",
  /** Standard deviation of the scores within the iteration: what there is to learn from. */
  scoresStd: "objective/scoresStd",
  /** Score minus β times the sequence's KL. */
  rlhfReward: "objective/rlhf_reward",
  /** The coefficient β of the KL penalty in this iteration. */
  klCoefficient: "objective/klCoefficient",
  /** Standard deviation of the advantages before whitening. */
  advantagesStd: "objective/advantagesStd",
  clipFraction: "policy/clipfrac_avg",
  approximateKl: "policy/approxkl_avg",
  policyLoss: "loss/policy_avg",
  valueLoss: "loss/value_avg",
  /** 1 − Var(returns − values) ÷ Var(returns): 1 is exact, 0 no better than a constant. */
  explainedVariance: "val/explained_variance",
  /** Tokens of a completion. */
  length: "completions/length",
  /** Share of completions that ended their turn. */
  ended: "completions/ended",
  /** Distinct bigrams over all bigrams of the iteration's completions. */
  distinct2: "completions/distinct2",
  /** Mean overlap (Jaccard, bigrams) of two completions of the iteration. */
  selfSimilarity: "completions/selfSimilarity",
  /** Share of characters that only format: list marks, headings, emphasis, exclamation marks, emoji. */
  formatting: "completions/formatting",
  /** Correlation of score and length within the iteration, −1 to 1. */
  scoreLengthCorrelation: "completions/scoreLengthCorrelation",
  /** Correlation of score and formatting within the iteration. */
  scoreFormattingCorrelation: "completions/scoreFormattingCorrelation",
  /** Score on prompts or by a judge that the run does not train on. */
  evalScores: "evalScores",
  /** Mean negative log-likelihood of the auxiliary text over the iteration's steps, nats a token. */
  auxiliaryLoss: "loss/auxiliary_avg",
  /** The same of the demonstrations that are mixed in. */
  sftLoss: "loss/sft_avg",
  /** The same of a suite's practice questions, while it is below its threshold. */
  practiceLoss: "loss/practice_avg",
  /** Share of tokens on which the value loss counted its clipped side. */
  valueClipFraction: "val/clipfrac_avg",
  /** Mean of π ÷ π_old over the iteration's updates. */
  ratio: "val/ratio",
  /** 1 where `epochKlLimit` ended the iteration's epochs early. */
  stoppedEarly: "policy/stoppedEarly",
  /** Gradient norm of the value model before clipping. */
  valueGradNorm: "val/gradNorm",
  /** Tokens a second of an iteration's three parts. */
  generateSpeed: "speed/generate",
  scoreSpeed: "speed/score",
  updateSpeed: "speed/update",
  /** The most memory that the run's process has held so far, GB (10⁹ bytes). */
  peakMemory: "memory/peak",
} as const;

/** Accuracy of a capability suite, 0 to 1: `suites/math`. */
export const SUITE_PREFIX = "suites/";
