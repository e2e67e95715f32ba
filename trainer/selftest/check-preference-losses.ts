import * as tf from "@tensorflow/tfjs";
import { dpoLoss, logRatioGap } from "../losses/dpo";
import { robustDpoLoss } from "../losses/robust-dpo";
import { gradientFunction } from "../recipes/gradient-function";
import { RunScope } from "../recipes/run-scope";
import { createUpdate } from "../recipes/update";
import { atLeast, atMost, type Check } from "./check";
import { COMPLETIONS } from "./enumerable-language";
import { completionLogProbs, totalVariation } from "./optimum";
import type { Setting } from "./setting";
import { createTabularPolicy } from "./tabular-policy";
import { oracleUpdate } from "./update-settings";

const STEPS = 3000;
const FLIPPED = 0.1;

type PairLoss = (h: tf.Tensor1D) => tf.Tensor1D;

/**
 * Checks the preference losses on Bradley–Terry labels of every pair, P(i ≻ j) = σ(r_i − r_j), for which the optimum of
 * DPO is π* itself. With a tenth of the labels flipped, plain DPO misses it, and robust DPO does not.
 */
export function checkPreferenceLosses(setting: Setting): Check[] {
  const { beta, optimum } = setting;
  const dpo: PairLoss = (h) => dpoLoss(h, { beta, labelSmoothing: 0 });
  const robust: PairLoss = (h) => robustDpoLoss(h, { beta, labelSmoothing: FLIPPED });
  const distance = (loss: PairLoss, flipped: number) =>
    totalVariation(minimise(setting, loss, flipped), optimum.logProbs);
  return [
    atMost("DPO on Bradley–Terry labels: total variation to π*", distance(dpo, 0), 1e-5),
    atMost("robust DPO, 10 % of labels flipped: total variation to π*", distance(robust, FLIPPED), 1e-3),
    atLeast("plain DPO, 10 % of labels flipped: total variation to π*", distance(dpo, FLIPPED), 0.05),
  ];
}

/** Minimises the expected loss over all pairs, and gives log π of each completion. */
function minimise({ reference, referenceLogProbs, rewards }: Setting, loss: PairLoss, flipped: number): number[] {
  const scope = new RunScope();
  try {
    const policy = createTabularPolicy(scope, reference);
    const pairs = COMPLETIONS.flatMap((_, i) => COMPLETIONS.flatMap((_, j) => (i === j ? [] : [[i, j] as const])));
    const labels = pairs.map(([i, j]) => {
      const preferred = 1 / (1 + Math.exp((rewards[j] as number) - (rewards[i] as number)));
      return (1 - flipped) * preferred + flipped * (1 - preferred);
    });
    const take = (side: 0 | 1) =>
      tf.tensor1d(
        pairs.map((pair) => pair[side]),
        "int32",
      );
    const ofReference = tf.tensor1d([...referenceLogProbs]);
    const pairsToLearn = { chosen: take(0), rejected: take(1), weights: tf.tensor1d(labels), known: ofReference };
    const objective = gradientFunction(scope, "oracle-pairs", [policy.logits], (of: typeof pairsToLearn) => {
      const all = policy.completionLogProbs();
      const h = logRatioGap({
        chosen: tf.gather(all, of.chosen),
        rejected: tf.gather(all, of.rejected),
        referenceChosen: tf.gather(of.known, of.chosen),
        referenceRejected: tf.gather(of.known, of.rejected),
      });
      // The sum is divided by the 40 completions, not by the pairs, so that rounding is small beside the gradient.
      const total: tf.Scalar = tf.sum(tf.mul(loss(h), of.weights));
      return { loss: tf.div(total, COMPLETIONS.length), sequences: all };
    });
    const update = scope.own(createUpdate(oracleUpdate(0.05), [policy.logits], STEPS));
    for (let step = 0; step < STEPS; step++) {
      const result = objective(pairsToLearn);
      tf.dispose([result.loss, result.sequences]);
      update.apply(result.gradients, step);
    }
    tf.dispose(pairsToLearn);
    return completionLogProbs(policy.table());
  } finally {
    scope.dispose();
  }
}
