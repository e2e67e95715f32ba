import * as tf from "@tensorflow/tfjs";

/**
 * The odds-ratio part of ORPO (Hong, Lee, Thorne 2024, arXiv 2403.07691, eq. 6 and 7), one loss a pair:
 *
 *   −log σ(log odds(chosen) − log odds(rejected)),  log odds = ℓ − log(1 − e^ℓ)
 *
 * ℓ is the mean log-prob of a completion's tokens. The whole loss is NLL(chosen) + λ times the mean of this. Where the
 * model is certain of a completion, 1 − e^ℓ counts as 10⁻⁶: the odds would be infinite, and with both completions certain no
 * number at all. ℓ itself still has its gradient there, so that a rejected completion can be left again.
 *
 * @param chosen, rejected [pairs], mean log-probs, at most 0
 * @returns [pairs]
 */
export function oddsRatioLoss(chosen: tf.Tensor1D, rejected: tf.Tensor1D): tf.Tensor1D {
  return tf.softplus(tf.neg(tf.sub(logOdds(chosen), logOdds(rejected)))) as tf.Tensor1D;
}

/**
 * The least value that 1 − e^ℓ counts as: below it float32 has hardly a digit left, and every value above it is
 * computed as TRL does.
 */
const LEAST_DOUBT = 1e-6;

/** −expm1(ℓ) keeps 1 − e^ℓ exact where ℓ is near 0. */
function logOdds(meanLogProb: tf.Tensor1D): tf.Tensor1D {
  return tf.sub(meanLogProb, tf.log(tf.maximum(tf.neg(tf.expm1(meanLogProb)), LEAST_DOUBT)));
}

/**
 * Log odds of one mean log-prob as a plain number, for a run's figures; the loss computes the same formula on tensors.
 */
export function logOddsOf(meanLogProb: number): number {
  return meanLogProb - Math.log(Math.max(-Math.expm1(meanLogProb), LEAST_DOUBT));
}

/** log σ(x), finite for any finite x. */
export function logSigmoid(x: number): number {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}
