import * as tf from "@tensorflow/tfjs";
import type { PairObjective } from "./pair-objective";

/**
 * Simple preference optimisation (Meng, Xia, Chen 2024, arXiv 2405.14734, eq. 6), one loss a pair, without a reference:
 *
 *   −log σ(β(ℓ_chosen − ℓ_rejected) − γ)
 *
 * @param chosen, rejected [pairs], mean log-probs of a completion's tokens
 * @returns [pairs]
 */
export function simpoLoss(
  chosen: tf.Tensor1D,
  rejected: tf.Tensor1D,
  { beta, gamma }: { beta: number; gamma: number },
): tf.Tensor1D {
  return tf.softplus(tf.neg(tf.sub(tf.mul(tf.sub(chosen, rejected), beta), gamma))) as tf.Tensor1D;
}

type SimpoSettings = Parameters<typeof simpoLoss>[2];

/** SimPO's mean log-prob of a completion takes the place of a reference. */
export const simpo = {
  reference: false,
  losses: ({ chosen, rejected, chosenTokens, rejectedTokens }, config) =>
    simpoLoss(tf.div(chosen, chosenTokens), tf.div(rejected, rejectedTokens), config),
  reward: (sum, tokens, { beta }) => beta * (sum / tokens),
  meanLogProbs: true,
} satisfies PairObjective<SimpoSettings>;
