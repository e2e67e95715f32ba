import * as tf from "@tensorflow/tfjs";

/**
 * Robust DPO (Chowdhury, Kini, Natarajan 2024, arXiv 2403.00409, eq. 12), one loss a pair:
 *
 *   [−(1−ε) log σ(βh) + ε log σ(−βh)] ÷ (1−2ε)
 *
 * Unbiased: its mean over labels flipped with probability ε < ½ is plain DPO on the true labels.
 *
 * @param h [pairs], Δ_chosen − Δ_rejected in nats
 * @returns [pairs]
 */
export function robustDpoLoss(
  h: tf.Tensor1D,
  { beta, labelSmoothing }: { beta: number; labelSmoothing: number },
): tf.Tensor1D {
  const logits = tf.mul(h, beta);
  const won = tf.mul(tf.softplus(tf.neg(logits)), 1 - labelSmoothing);
  const lost = tf.mul(tf.softplus(logits), labelSmoothing);
  return tf.div(tf.sub(won, lost), 1 - 2 * labelSmoothing);
}
