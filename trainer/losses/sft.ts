import * as tf from "@tensorflow/tfjs";

/**
 * Supervised fine-tuning: the negative log-likelihood of the target tokens, divided by the number of target tokens in
 * the whole accumulated batch, so that micro-batches of unequal lengths sum to the loss of the large batch.
 *
 * @param logProbs [targets] of this micro-batch
 * @param weights [targets], 1 for a target and 0 for filling
 * @param targetsInBatch scalar, over all micro-batches of the step
 * @returns scalar: this micro-batch's share of the loss
 */
export function sftLoss(logProbs: tf.Tensor1D, weights: tf.Tensor1D, targetsInBatch: tf.Scalar): tf.Scalar {
  return tf.neg(tf.div(tf.sum(tf.mul(logProbs, weights)), targetsInBatch));
}
