import * as tf from "@tensorflow/tfjs";

/** One value a token. */
export type PpoClip = {
  /** [tokens] */
  losses: tf.Tensor1D;
  /** ρ, how much likelier the token became: [tokens] */
  ratios: tf.Tensor1D;
  /** 1 where the clipped side is the one that counts, so that the token has no gradient: [tokens] */
  clipped: tf.Tensor1D;
};

/**
 * The clipped surrogate (Schulman et al. 2017, arXiv 1707.06347, eq. 7), one loss a token:
 *
 *   −min(ρA, clip(ρ, 1−ε, 1+ε)·A),  ρ = π(token) / π_old(token)
 *
 * @param logProbs [tokens] under the policy as it is now
 * @param oldLogProbs [tokens] under the policy that sampled; a constant
 * @param advantages [tokens]; a constant
 */
export function ppoClip(
  logProbs: tf.Tensor1D,
  oldLogProbs: tf.Tensor1D,
  advantages: tf.Tensor1D,
  { clipRange }: { clipRange: number },
): PpoClip {
  const ratios: tf.Tensor1D = tf.exp(tf.sub(logProbs, oldLogProbs));
  const free = tf.neg(tf.mul(ratios, advantages));
  const bounded = tf.neg(tf.mul(tf.clipByValue(ratios, 1 - clipRange, 1 + clipRange), advantages));
  return {
    losses: tf.maximum(free, bounded),
    ratios,
    clipped: tf.cast(tf.greater(bounded, free), "float32"),
  };
}
