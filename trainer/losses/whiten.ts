import * as tf from "@tensorflow/tfjs";
import { maskedMean, maskedVariance } from "./masked-mean";

/** Keeps the division finite where all values are alike. */
const EPSILON = 1e-8;

/**
 * Shifts and scales to mean 0 and variance 1 over all real tokens of the rollout together:
 *
 *   (x − mean) / √(variance + 1e-8)
 *
 * (Andrychowicz et al. 2020, arXiv 2006.05990, section 3.4; as in TRL). Not over a minibatch: minibatches would then
 * disagree about what is good.
 *
 * @param values, mask of one shape
 * @returns the same shape, 0 at padding
 */
export function whiten<T extends tf.Tensor>(values: T, mask: tf.Tensor): T {
  const deviation = tf.sqrt(tf.add(maskedVariance(values, mask), EPSILON));
  return tf.mul(tf.div(tf.sub(values, maskedMean(values, mask)), deviation), mask) as T;
}
