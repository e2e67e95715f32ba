import * as tf from "@tensorflow/tfjs";
import { clippedValueLoss } from "../../losses/clipped-value";
import { ppoClip } from "../../losses/ppo-clip";
import type { Objective } from "../gradient-function";

/** What the losses say of a minibatch, each a mean over its tokens. */
export const POLICY_FIGURES = ["loss", "clipped", "approxKl", "entropy", "ratio", "squaredRatio"] as const;
export const VALUE_FIGURES = ["loss", "clipped"] as const;
export type PolicyFigures = Record<(typeof POLICY_FIGURES)[number], number>;
export type ValueFigures = Record<(typeof VALUE_FIGURES)[number], number>;

/** What the policy learns from, token by token of a micro-batch; each [tokens]. */
export type PolicyTokens = { oldLogProbs: tf.Tensor1D; advantages: tf.Tensor1D; weights: tf.Tensor1D };

/** What the value model learns from, token by token of a micro-batch; each [tokens], the first as the rollout had them. */
export type ValueTokens = { oldValues: tf.Tensor1D; returns: tf.Tensor1D; weights: tf.Tensor1D };

/**
 * Clipped surrogate − c·entropy over a micro-batch. `weights` make sums over micro-batches the masked mean over the
 * minibatch's tokens, and give filling no part in it.
 *
 * `entropies`, [tokens], is null where the bonus is off, and then not computed
 */
export function policyLoss(
  { logProbs, entropies }: { logProbs: tf.Tensor1D; entropies: tf.Tensor1D | null },
  { oldLogProbs, advantages, weights }: PolicyTokens,
  { clipRange, entropyCoefficient }: { clipRange: number; entropyCoefficient: number },
): ReturnType<Objective<never>> {
  const mean = (values: tf.Tensor): tf.Scalar => tf.sum(tf.mul(values, weights));
  const { losses, ratios, clipped } = ppoClip(logProbs, oldLogProbs, advantages, { clipRange });
  const surrogate = mean(losses);
  const bonus = entropies ? mean(entropies) : tf.scalar(0);
  const approxKl = mean(tf.mul(tf.square(tf.sub(logProbs, oldLogProbs)), 0.5)); // of the old policy to this one, as TRL
  const figures = [surrogate, mean(clipped), approxKl, bonus, mean(ratios), mean(tf.square(ratios))];
  return {
    loss: tf.sub(surrogate, tf.mul(bonus, entropyCoefficient)),
    sequences: tf.reshape(tf.stack(figures), [figures.length]),
  };
}

/**
 * The value model's loss, times its coefficient.
 *
 * @param values [tokens], predicted before each token
 */
export function valueLoss(
  values: tf.Tensor1D,
  { oldValues, returns, weights }: ValueTokens,
  { valueClipRange, valueCoefficient }: { valueClipRange: number; valueCoefficient: number },
): ReturnType<Objective<never>> {
  const { losses, clipped } = clippedValueLoss(values, oldValues, returns, { valueClipRange });
  const loss: tf.Scalar = tf.sum(tf.mul(losses, weights));
  return {
    loss: tf.mul(loss, valueCoefficient),
    sequences: tf.reshape(tf.stack([loss, tf.sum(tf.mul(clipped, weights))]), [2]),
  };
}
