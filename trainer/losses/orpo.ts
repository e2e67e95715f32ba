import * as tf from "@tensorflow/tfjs";

/**
 * The odds-ratio part of ORPO (Hong, Lee, Thorne 2024, arXiv 2403.07691, eq. 6 and 7), one loss a pair:
 *
 *   −log σ(log odds(chosen) − log odds(rejected)),  log odds = ℓ − log(1 − e^ℓ)
 *
 * ℓ is the mean log-prob of a completion's tokens. The whole loss is NLL(chosen) + λ times the mean of this.
 *
 * @param chosen, rejected [pairs], mean log-probs, below 0
 * @returns [pairs]
 */
export function oddsRatioLoss(chosen: tf.Tensor1D, rejected: tf.Tensor1D): tf.Tensor1D {
  return tf.softplus(tf.neg(tf.sub(logOdds(chosen), logOdds(rejected)))) as tf.Tensor1D;
}

/** −expm1(ℓ) keeps 1 − e^ℓ exact where ℓ is near 0. */
function logOdds(meanLogProb: tf.Tensor1D): tf.Tensor1D {
  return tf.sub(meanLogProb, tf.log(tf.neg(tf.expm1(meanLogProb))));
}
