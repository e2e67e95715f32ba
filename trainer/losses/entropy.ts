import * as tf from "@tensorflow/tfjs";

/**
 * Entropy of the next token's distribution, −Σ p log p, in nats. The bonus of PPO (Schulman et al. 2017, eq. 9) adds its
 * mean over tokens, times a coefficient, to what is maximised.
 *
 * @param logits [tokens, vocabulary]
 * @returns [tokens]
 */
export function entropy(logits: tf.Tensor2D): tf.Tensor1D {
  const logProbs = tf.logSoftmax(logits);
  return tf.neg(tf.sum(tf.mul(tf.exp(logProbs), logProbs), 1));
}
