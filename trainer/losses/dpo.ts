import * as tf from "@tensorflow/tfjs";
import { ipoLoss } from "./ipo";
import { lengthNormalisedGap } from "./length-normalised-dpo";
import type { PairObjective } from "./pair-objective";
import { robustDpoLoss } from "./robust-dpo";

/**
 * How far the policy has moved from its reference on each pair, in nats. Log-probs are sums over completion tokens.
 * All [pairs].
 */
export type PairLogProbs = {
  chosen: tf.Tensor1D;
  rejected: tf.Tensor1D;
  referenceChosen: tf.Tensor1D;
  referenceRejected: tf.Tensor1D;
};

/** h = Δ_chosen − Δ_rejected with Δ = log π(y|x) − log π_ref(y|x). [pairs] */
export function logRatioGap({ chosen, rejected, referenceChosen, referenceRejected }: PairLogProbs): tf.Tensor1D {
  return tf.sub(tf.sub(chosen, referenceChosen), tf.sub(rejected, referenceRejected));
}

/**
 * Direct preference optimisation, one loss a pair:
 *
 *   −(1−ε) log σ(βh) − ε log σ(−βh)
 *
 * ε = 0 is DPO (Rafailov et al. 2023, arXiv 2305.18290, eq. 7); ε > 0 is conservative DPO, for labels that are wrong
 * with probability ε (Mitchell 2023). −log σ(x) is computed as softplus(−x), finite for any x.
 *
 * @param h [pairs]
 * @returns [pairs]
 */
export function dpoLoss(
  h: tf.Tensor1D,
  { beta, labelSmoothing }: { beta: number; labelSmoothing: number },
): tf.Tensor1D {
  const logits = tf.mul(h, beta);
  const won = tf.softplus(tf.neg(logits));
  if (labelSmoothing === 0) return won as tf.Tensor1D;
  return tf.add(tf.mul(won, 1 - labelSmoothing), tf.mul(tf.softplus(logits), labelSmoothing));
}

type DpoSettings = Parameters<typeof dpoLoss>[1] & { loss: "sigmoid" | "robust" | "ipo" | "sigmoid_norm" };

/** DPO, its robust form, IPO and the length-normalised form, as `loss` says. DPO's implicit reward is βΔ (eq. 5). */
export const dpo = {
  reference: true,
  losses({ chosen, rejected, chosenTokens, rejectedTokens }, config) {
    if (config.loss === "ipo") return ipoLoss(chosen, rejected, chosenTokens, rejectedTokens, config);
    if (config.loss === "sigmoid_norm")
      return dpoLoss(lengthNormalisedGap(chosen, rejected, chosenTokens, rejectedTokens), config);
    const h: tf.Tensor1D = tf.sub(chosen, rejected);
    return config.loss === "robust" ? robustDpoLoss(h, config) : dpoLoss(h, config);
  },
  reward: (sum, _, { beta }) => beta * sum,
  meanLogProbs: false,
} satisfies PairObjective<DpoSettings>;
