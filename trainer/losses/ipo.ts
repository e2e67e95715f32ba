import * as tf from "@tensorflow/tfjs";

/**
 * Identity preference optimisation (Azar et al. 2023, arXiv 2310.12036, eq. 17), one loss a pair:
 *
 *   (Δ_chosen/|y_chosen| − Δ_rejected/|y_rejected| − 1/(2β))²
 *
 * with log-ratios averaged over a completion's tokens, as its authors confirmed to TRL. Bounded pull: unlike DPO it
 * stops at a gap of 1/(2β) even where all labels agree, hence its use on noisy preferences.
 *
 * @param chosenLogRatio, rejectedLogRatio [pairs], Δ summed over tokens
 * @param chosenTokens, rejectedTokens [pairs], completion lengths
 * @returns [pairs]
 */
export function ipoLoss(
  chosenLogRatio: tf.Tensor1D,
  rejectedLogRatio: tf.Tensor1D,
  chosenTokens: tf.Tensor1D,
  rejectedTokens: tf.Tensor1D,
  { beta }: { beta: number },
): tf.Tensor1D {
  const gap = tf.sub(tf.div(chosenLogRatio, chosenTokens), tf.div(rejectedLogRatio, rejectedTokens));
  return tf.square(tf.sub(gap, 1 / (2 * beta)));
}
