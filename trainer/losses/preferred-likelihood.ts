import * as tf from "@tensorflow/tfjs";

/**
 * The likelihood that a preference loss may have beside it (`nllCoefficient`), as RPO has it (Pang et al. 2024, arXiv
 * 2404.19733, eq. 1, whose α it is):
 *
 *   L = L_preference + c · NLL,  NLL = −Σ log π(y_w|x) ÷ Σ |y_w|
 *
 * with both sums over the whole accumulated batch, so that NLL is a mean over tokens: what TRL 1.16 adds to DPO with
 * `loss_type=[…, "sft"]` and `loss_weights=[1, c]` (`DPOTrainer._compute_loss`; its older `rpo_alpha`), and to SimPO
 * with `cpo_alpha` (`CPOTrainer.get_batch_loss_metrics`). y_w are chosen, of KTO desirable completions.
 *
 * @param preference scalar, this micro-batch's share of the preference loss
 * @param sums [completions], log-probs summed over tokens; 0 for what is not to be learned
 * @param tokens scalar, Σ |y_w| over all micro-batches of the step; at least 1
 * @returns scalar: this micro-batch's share of L
 */
export function withPreferredLikelihood(
  preference: tf.Scalar,
  sums: tf.Tensor1D,
  tokens: tf.Scalar,
  { nllCoefficient }: { nllCoefficient: number },
): tf.Scalar {
  if (nllCoefficient === 0) return preference;
  return tf.sub(preference, tf.mul(tf.div(tf.sum(sums), tokens), nllCoefficient));
}
