import * as tf from "@tensorflow/tfjs";
import { clippedValueLoss } from "../../losses/clipped-value";
import { ppoClip } from "../../losses/ppo-clip";
import type { Objective } from "../gradient-function";

/** What the losses say of a minibatch, each a mean over its tokens. */
export const POLICY_FIGURES = ["loss", "clipped", "approxKl", "entropy", "ratio", "squaredRatio"] as const;
export const VALUE_FIGURES = ["loss", "clipped"] as const;
export type PolicyFigures = Record<(typeof POLICY_FIGURES)[number], number>;
export type ValueFigures = Record<(typeof VALUE_FIGURES)[number], number>;

/**
 * Clipped surrogate − c·entropy over a micro-batch. `weights` make sums over micro-batches the masked mean over the
 * minibatch's tokens, and give filling no part in it.
 *
 * @param entropies [tokens]; null where the bonus is off, and then not computed
 * @param tokens three of [tokens]: old log-probs, advantages, weights
 */
export function policyLoss(
  { logProbs, entropies }: { logProbs: tf.Tensor1D; entropies: tf.Tensor1D | null },
  tokens: readonly tf.Tensor[],
  { clipRange, entropyCoefficient }: { clipRange: number; entropyCoefficient: number },
): ReturnType<Objective> {
  const [oldLogProbs, advantages, weights] = tokens as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const mean = (values: tf.Tensor): tf.Scalar => tf.sum(tf.mul(values, weights));
  const { losses, ratios, clipped } = ppoClip(logProbs, oldLogProbs, advantages, { clipRange });
  const surrogate = mean(losses);
  const bonus = entropies ? mean(entropies) : tf.scalar(0);
  const approxKl = mean(tf.mul(tf.square(tf.sub(logProbs, oldLogProbs)), 0.5)); // of the old policy to this one, as TRL
  const figures = [surrogate, mean(clipped), approxKl, bonus, mean(ratios), mean(tf.square(ratios))];
  return {
    loss: tf.sub(surrogate, tf.mul(bonus, entropyCoefficient)),
    sequences: tf.stack(figures) as tf.Tensor1D,
  };
}

/**
 * The value model's loss, times its coefficient.
 *
 * @param values [tokens], predicted before each token
 * @param tokens three of [tokens]: values of the rollout, returns, weights
 */
export function valueLoss(
  values: tf.Tensor1D,
  tokens: readonly tf.Tensor[],
  { valueClipRange, valueCoefficient }: { valueClipRange: number; valueCoefficient: number },
): ReturnType<Objective> {
  const [oldValues, returns, weights] = tokens as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const { losses, clipped } = clippedValueLoss(values, oldValues, returns, { valueClipRange });
  const loss: tf.Scalar = tf.sum(tf.mul(losses, weights));
  return {
    loss: tf.mul(loss, valueCoefficient),
    sequences: tf.stack([loss, tf.sum(tf.mul(clipped, weights))]) as tf.Tensor1D,
  };
}
