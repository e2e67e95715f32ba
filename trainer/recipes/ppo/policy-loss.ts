import * as tf from "@tensorflow/tfjs";
import { clippedValueLoss } from "../../losses/clipped-value";
import { klEstimate } from "../../losses/kl-estimators";
import { ppoClip } from "../../losses/ppo-clip";
import type { Objective } from "../gradient-function";

/** Names of the figures of a minibatch, each a mean over its tokens. */
export const POLICY_FIGURES = ["loss", "clipped", "approxKl", "entropy", "ratio", "squaredRatio", "klPenalty"] as const;
export const VALUE_FIGURES = ["loss", "clipped"] as const;
export type PolicyFigures = Record<(typeof POLICY_FIGURES)[number], number>;
export type ValueFigures = Record<(typeof VALUE_FIGURES)[number], number>;

/** The policy's inputs for learning, token by token of a micro-batch; each [tokens]. */
export type PolicyTokens = {
  oldLogProbs: tf.Tensor1D;
  advantages: tf.Tensor1D;
  weights: tf.Tensor1D;
  /** log π_ref from unmasked logits/T; given if the KL is a part of the loss (GRPO). */
  referenceLogProbs?: tf.Tensor1D;
  /** β, a scalar; given together with `referenceLogProbs`. */
  klCoefficient?: tf.Scalar;
};

/** The policy's outputs for a micro-batch's tokens. */
export type PolicyHeads = {
  /** log π as the tokens were sampled: within their nuclei if top-p is below 1. [tokens] */
  logProbs: tf.Tensor1D;
  /** [tokens]; null if the bonus is off, and then not computed. */
  entropies: tf.Tensor1D | null;
  /** log π from unmasked logits/T, given if it differs from `logProbs` and is needed. [tokens] */
  unmasked?: tf.Tensor1D;
};

/**
 * The value model's inputs for learning, token by token of a micro-batch; each [tokens]. `oldValues` are those of the
 * rollout.
 */
export type ValueTokens = { oldValues: tf.Tensor1D; returns: tf.Tensor1D; weights: tf.Tensor1D };

/**
 * Clipped surrogate − c·entropy over a micro-batch; GRPO adds β·KL(π‖π_ref), whose k3 estimate has a gradient (Shao et
 * al. 2024, arXiv 2402.03300, eq. 3 and 4). `weights` make sums over micro-batches the masked mean over the minibatch's
 * tokens, and give filling no part in it; the paper takes the mean over each completion's tokens first.
 */
export function policyLoss(
  { logProbs, entropies, unmasked = logProbs }: PolicyHeads,
  { oldLogProbs, advantages, weights, referenceLogProbs, klCoefficient }: PolicyTokens,
  { clipRange, entropyCoefficient }: { clipRange: number; entropyCoefficient: number },
): ReturnType<Objective<never>> {
  const mean = (values: tf.Tensor): tf.Scalar => tf.sum(tf.mul(values, weights));
  const { losses, ratios, clipped } = ppoClip(logProbs, oldLogProbs, advantages, { clipRange });
  const surrogate = mean(losses);
  const bonus = entropies ? mean(entropies) : tf.scalar(0);
  // KL from the old policy to the present one, as in TRL.
  const approxKl = mean(tf.mul(tf.square(tf.sub(logProbs, oldLogProbs)), 0.5));
  const kl =
    referenceLogProbs && klCoefficient
      ? mean(tf.mul(klEstimate(unmasked, referenceLogProbs, "k3"), klCoefficient))
      : tf.scalar(0);
  const figures = [surrogate, mean(clipped), approxKl, bonus, mean(ratios), mean(tf.square(ratios)), kl];
  return {
    loss: tf.add(tf.sub(surrogate, tf.mul(bonus, entropyCoefficient)), kl),
    sequences: tf.reshape(tf.stack(figures), [figures.length]),
  };
}

/**
 * The value model's loss. It has no weight: the value model has an optimizer of its own.
 *
 * @param values [tokens], predicted before each token
 */
export function valueLoss(
  values: tf.Tensor1D,
  { oldValues, returns, weights }: ValueTokens,
  { valueClipRange }: { valueClipRange: number },
): ReturnType<Objective<never>> {
  const { losses, clipped } = clippedValueLoss(values, oldValues, returns, { valueClipRange });
  const loss: tf.Scalar = tf.sum(tf.mul(losses, weights));
  return {
    loss,
    sequences: tf.reshape(tf.stack([loss, tf.sum(tf.mul(clipped, weights))]), [2]),
  };
}
