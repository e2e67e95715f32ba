import * as tf from "@tensorflow/tfjs";

/**
 * Value loss, held near the values of the rollout (Schulman et al. 2017; Ouyang et al. 2022 as TRL has it), one loss a
 * token:
 *
 *   ½ max((V − R)², (V_old + clip(V − V_old, ±ε) − R)²)
 *
 * @param values [tokens], predicted now
 * @param oldValues [tokens], predicted for the rollout; a constant
 * @param returns [tokens], advantages before whitening + old values; a constant
 * @returns losses [tokens], and 1 where the clipped side counts [tokens]
 */
export function clippedValueLoss(
  values: tf.Tensor1D,
  oldValues: tf.Tensor1D,
  returns: tf.Tensor1D,
  { valueClipRange }: { valueClipRange: number },
): { losses: tf.Tensor1D; clipped: tf.Tensor1D } {
  const near = tf.add(oldValues, tf.clipByValue(tf.sub(values, oldValues), -valueClipRange, valueClipRange));
  const free = tf.square(tf.sub(values, returns));
  const bounded = tf.square(tf.sub(near, returns));
  return {
    losses: tf.mul(tf.maximum(free, bounded), 0.5),
    clipped: tf.cast(tf.greater(bounded, free), "float32"),
  };
}
