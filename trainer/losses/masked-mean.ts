import * as tf from "@tensorflow/tfjs";

/**
 * Mean over real tokens: Σ m·x ÷ Σ m. Padding has mask 0 and may hold anything finite.
 *
 * @param values, mask of one shape; the mask is 0 or 1
 * @returns scalar; 0 where nothing is real
 */
export function maskedMean(values: tf.Tensor, mask: tf.Tensor): tf.Scalar {
  return tf.div(tf.sum(tf.mul(values, mask)), tf.maximum(tf.sum(mask), 1));
}

/** Variance over real tokens, divided by their number (not by one less): scalar. */
export function maskedVariance(values: tf.Tensor, mask: tf.Tensor): tf.Scalar {
  return maskedMean(tf.square(tf.sub(values, maskedMean(values, mask))), mask);
}
