import * as tf from "@tensorflow/tfjs";

/** Keeps the factor finite for a norm of 0, as `torch.nn.utils.clip_grad_norm_` does. */
const EPSILON = 1e-6;

/**
 * Scales all gradients by min(1, max / (‖g‖ + 1e-6)), with ‖g‖ the norm over all of them together (Pascanu et al.
 * 2013). `norm` is the norm before clipping. With `max` ≤ 0 or infinite the gradients are left as they are.
 */
export function clipByGlobalNorm(
  gradients: tf.NamedTensorMap,
  max: number,
): { grads: tf.NamedTensorMap; norm: tf.Scalar } {
  const names = Object.keys(gradients);
  const squares = names.map((name) => tf.sum(tf.square(gradients[name]!)));
  const norm = tf.sqrt(tf.addN(squares)) as tf.Scalar;
  if (max <= 0 || !Number.isFinite(max)) return { grads: gradients, norm };
  const factor = tf.minimum(1, tf.div(max, tf.add(norm, EPSILON)));
  return { grads: Object.fromEntries(names.map((name) => [name, tf.mul(gradients[name]!, factor)])), norm };
}
