import * as tf from "@tensorflow/tfjs";

export type KlEstimator = "k1" | "k3";

/**
 * What a sampled token says of KL(π‖π_ref), in nats per token (Schulman 2020, "Approximating KL divergence"), with
 * d = log π − log π_ref:
 *
 *   k1 = d                     unbiased; may be negative
 *   k3 = e^−d − 1 + d          unbiased, never negative, less variance near π_ref
 *
 * @param logProbs, referenceLogProbs of one shape, natural log
 */
export function klEstimate<T extends tf.Tensor>(logProbs: T, referenceLogProbs: T, estimator: KlEstimator): T {
  const difference = tf.sub(logProbs, referenceLogProbs);
  if (estimator === "k1") return difference as T;
  return tf.add(tf.expm1(tf.neg(difference)), difference) as T;
}
