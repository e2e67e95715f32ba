import * as tf from "@tensorflow/tfjs";
import type { RunEvent } from "@/domain/runs/run-events";
import { withPreferredLikelihood } from "../losses/preferred-likelihood";
import { simpoLoss } from "../losses/simpo";
import { pairs } from "./example-kinds";
import { chosenAndRejected, chosenTokens, packPairs, pairLengths } from "./pack-completions";
import { type MicroBatchValues, pairFigures } from "./pair-figures";
import { BY_IMPLICIT_REWARD, pairLogProbs, pairLoop } from "./pair-loop";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { trainingLoop } from "./training-loop";

/**
 * Simple preference optimisation (Meng, Xia, Chen 2024, arXiv 2405.14734): DPO without a reference, on mean log-probs.
 *
 * 1. Read the pairs; load the policy.
 * 2. Step by step, make the mean log-prob of chosen exceed that of rejected by at least γ ÷ β.
 */
export async function* trainSimpo(run: RecipeRun<"simpo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Read the pairs and load the policy.
  const prepared = yield* prepareRun(run, pairs);
  const { config, example } = prepared;
  const logProbs = pairLogProbs(run, prepared, "simpo", { pack: packPairs, width: 2 });

  // 2. Minimise the loss.
  type Inputs = { lengths: tf.Tensor1D; chosenTokens: tf.Scalar };
  const inputs = (some: readonly number[], batch: readonly number[], slots: number): Inputs => ({
    lengths: pairLengths(some.map(example), slots),
    chosenTokens: chosenTokens(batch.map(example)),
  });
  const loss = (sums: tf.Tensor1D, { lengths, weights, chosenTokens }: Inputs & { weights: tf.Tensor1D }) => {
    const [chosen, rejected] = chosenAndRejected(tf.div(sums, lengths)); // ℓ, the mean over tokens
    const losses = simpoLoss(chosen, rejected, config);
    return withPreferredLikelihood(tf.sum(tf.mul(losses, weights)), chosenAndRejected(sums)[0], chosenTokens, config);
  };
  const figures = (values: readonly MicroBatchValues[]) =>
    pairFigures(
      values,
      (index, [chosen = 0, rejected = 0, ...logits]) => {
        const pair = example(index);
        const tokens: [number, number] = [pair.chosen.completionIds.length, pair.rejected.completionIds.length];
        const logps: [number, number] = [chosen / tokens[0], rejected / tokens[1]];
        return {
          rewards: [config.beta * logps[0], config.beta * logps[1]],
          logps,
          sums: [chosen, rejected],
          logits,
          tokens,
        };
      },
      config,
    );

  const loop = pairLoop(run, prepared, logProbs, { inputs, loss, figures, order: BY_IMPLICIT_REWARD });
  const step = yield* trainingLoop(loop, prepared, run.signal);
  return { policy: prepared.policy, step };
}
