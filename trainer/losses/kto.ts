import * as tf from "@tensorflow/tfjs";

/**
 * Kahneman–Tversky optimisation (Ethayarajh et al. 2024, arXiv 2402.01306, eq. 8), one loss an example:
 *
 *   desirable:   λ_D (1 − σ(β(Δ − z)))
 *   undesirable: λ_U (1 − σ(β(z − Δ)))
 *
 * @param logRatios [examples], Δ = log π − log π_ref summed over completion tokens
 * @param desirable [examples], 1 or 0
 * @param referencePoint scalar z, a constant: no gradient may reach it
 * @returns [examples]
 */
export function ktoLoss(
  logRatios: tf.Tensor1D,
  desirable: tf.Tensor1D,
  referencePoint: tf.Scalar,
  { beta, desirableWeight, undesirableWeight }: { beta: number; desirableWeight: number; undesirableWeight: number },
): tf.Tensor1D {
  const sign = tf.sub(tf.mul(desirable, 2), 1);
  const weight = tf.add(tf.mul(desirable, desirableWeight), tf.mul(tf.sub(1, desirable), undesirableWeight));
  // 1 − σ(x) = σ(−x), without the cancellation.
  const value = tf.sigmoid(tf.neg(tf.mul(tf.mul(tf.sub(logRatios, referencePoint), sign), beta)));
  return tf.mul(weight, value);
}

/**
 * z = max(0, mean log-ratio of mismatched completions), the batch's estimate of the KL to the reference (eq. 7). It is a
 * number and no tensor of the graph, so that no gradient can reach it.
 */
export function ktoReferencePoint(mismatchedLogRatios: readonly number[]): number {
  const sum = mismatchedLogRatios.reduce((total, logRatio) => total + logRatio, 0);
  return Math.max(0, sum / Math.max(1, mismatchedLogRatios.length));
}
