import type * as tf from "@tensorflow/tfjs";

/** The completions of some pairs as a loss sees them. All [pairs]. */
export type PairTensors = {
  /**
   * Log-probs summed over a completion's tokens, nats: log π(y|x), or, for a method with a reference,
   * Δ = log π(y|x) − log π_ref(y|x).
   */
  chosen: tf.Tensor1D;
  rejected: tf.Tensor1D;
  /** Completion lengths. */
  chosenTokens: tf.Tensor1D;
  rejectedTokens: tf.Tensor1D;
};

/** What a method over pairs minimises. `recipes/pair-recipe.ts` trains any of them. */
export interface PairObjective<Config> {
  /** Whether the loss compares with the log-probs that the policy gives before its first step. */
  reference: boolean;
  /** One loss a pair. [pairs] */
  losses(pairs: PairTensors, config: Config): tf.Tensor1D;
  /** The method's implicit reward of a completion, for the figures. `sum` is log π or Δ as in `PairTensors`, nats. */
  reward(sum: number, tokens: number, config: Config): number;
  /** Whether the figures tell a completion's log-prob as a mean over its tokens, as the loss counts it. */
  meanLogProbs: boolean;
}
