import * as tf from "@tensorflow/tfjs";

/**
 * The reward of each token (Ouyang et al. 2022, arXiv 2203.02155, eq. 2; Ziegler et al. 2019, arXiv 1909.08593, eq. 2):
 * −β·KL everywhere, and the completion's score on its last real token, the end of turn where there is one.
 *
 * @param kl [sequences, time], an estimate a token
 * @param scores [sequences]
 * @param mask [sequences, time]; real tokens first
 * @returns [sequences, time], 0 at padding
 */
export function tokenRewards(
  kl: tf.Tensor2D,
  scores: tf.Tensor1D,
  mask: tf.Tensor2D,
  { klCoefficient }: { klCoefficient: number },
): tf.Tensor2D {
  const [sequences, time] = mask.shape;
  const after = tf.concat([tf.slice(mask, [0, 1], [sequences, time - 1]), tf.zeros([sequences, 1])], 1);
  const last = tf.sub(mask, after); // [sequences, time]: 1 at the last real token
  const atEnd = tf.mul(last, tf.expandDims(scores, 1));
  return tf.mul(tf.sub(atEnd, tf.mul(kl, klCoefficient)), mask);
}
