import * as tf from "@tensorflow/tfjs";

/**
 * Bradley–Terry loss of a reward model (Ouyang et al. 2022, arXiv 2203.02155, eq. 1; the margin as in Llama 2, Touvron
 * et al. 2023, eq. 2; centering by Eisenstein et al. 2023, arXiv 2312.09244), one loss a pair:
 *
 *   −log σ(r_chosen − r_rejected − margin) + c·(r_chosen + r_rejected)²
 *
 * @param chosenRewards, rejectedRewards, margins [pairs]
 * @returns [pairs]
 */
export function rewardLoss(
  chosenRewards: tf.Tensor1D,
  rejectedRewards: tf.Tensor1D,
  margins: tf.Tensor1D,
  { centerRewardsCoefficient }: { centerRewardsCoefficient: number },
): tf.Tensor1D {
  const gap = tf.sub(tf.sub(chosenRewards, rejectedRewards), margins);
  const ranking = tf.softplus(tf.neg(gap)) as tf.Tensor1D;
  if (centerRewardsCoefficient === 0) return ranking;
  const offCentre = tf.square(tf.add(chosenRewards, rejectedRewards));
  return tf.add(ranking, tf.mul(offCentre, centerRewardsCoefficient));
}
