import * as tf from "@tensorflow/tfjs";

/**
 * DPO on log-ratios averaged over each completion's tokens (Meng, Xia, Chen 2024, arXiv 2405.14734, section 4; Lambert et
 * al. 2024, arXiv 2411.15124, eq. 6, who take β = 5), one gap a pair:
 *
 *   h = Δ_chosen/|y_chosen| − Δ_rejected/|y_rejected|
 *
 * It goes into `dpoLoss` in the place of the gap of sums; a longer completion then weighs no more than a short one. TRL
 * calls it `sigmoid_norm`.
 *
 * @param chosenLogRatio, rejectedLogRatio [pairs], Δ summed over tokens
 * @param chosenTokens, rejectedTokens [pairs], completion lengths
 * @returns [pairs]
 */
export function lengthNormalisedGap(
  chosenLogRatio: tf.Tensor1D,
  rejectedLogRatio: tf.Tensor1D,
  chosenTokens: tf.Tensor1D,
  rejectedTokens: tf.Tensor1D,
): tf.Tensor1D {
  return tf.sub(tf.div(chosenLogRatio, chosenTokens), tf.div(rejectedLogRatio, rejectedTokens));
}
