import * as tf from "@tensorflow/tfjs";
import type { CompleteConfigOf, OfflineMethod } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import type { PairObjective } from "../losses/pair-objective";
import { withPreferredLikelihood } from "../losses/preferred-likelihood";
import { pairs } from "./example-kinds";
import { roundingOf } from "./float-tie";
import { chosenAndRejected, chosenTokens, packPairs, pairLengths } from "./pack-completions";
import { type MicroBatchValues, pairFigures } from "./pair-figures";
import { BY_IMPLICIT_REWARD, pairLogProbs, pairLoop } from "./pair-loop";
import { prepareRun } from "./prepare-run";
import type { Recipe, RecipeRun, TrainedPolicy } from "./recipe";
import { cachedReference } from "./reference-log-probs";
import { trainingLoop } from "./training-loop";

/** A method over pairs whose loss is all that is its own: it trains the policy on the log-probs of the completions. */
export const pairRecipe =
  <M extends OfflineMethod>(objective: PairObjective<CompleteConfigOf<M>>): Recipe<M> =>
  (run) =>
    trainPairs(run, objective);

/**
 * 1. Read the pairs; load the policy.
 * 2. Compute the reference, if the method has one: the log-probs that the policy gives to every completion before the
 *    first step. Computed once and kept, they need no second model.
 * 3. Step by step, minimise the method's loss, so that chosen completions become likelier than rejected ones.
 */
async function* trainPairs<M extends OfflineMethod>(
  run: RecipeRun<M>,
  objective: PairObjective<CompleteConfigOf<M>>,
): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Read the pairs and load the policy.
  const prepared = yield* prepareRun(run, pairs);
  const { config, example, held } = prepared;
  const nllCoefficient = "nllCoefficient" in config ? config.nllCoefficient : 0;
  const logProbs = pairLogProbs(run, prepared, config.method, { pack: packPairs, width: 2 });

  // 2. Compute the reference, for training and validation pairs alike: [2 · pairs], chosen and rejected side by side. A
  // run that ends before its epoch does never computes the rest.
  const reference = objective.reference ? new Float32Array(2 * prepared.count) : null;
  if (reference) {
    const used = [...new Set([...prepared.schedule.flatMap(({ indices }) => indices), ...held])].sort((a, b) => a - b);
    const usedSums = yield* cachedReference(
      run,
      prepared,
      used.flatMap((index) => pairs.sequencesOf(example(index))),
      () => logProbs.forward(used, "reference", "Log-probs of the reference"),
    );
    used.forEach((index, place) => {
      reference.set(usedSums.subarray(2 * place, 2 * place + 2), 2 * index);
    });
  }

  // 3. Minimise the loss. All that differs between two micro-batches is an argument.
  const inputs = (some: readonly number[], batch: readonly number[], slots: number): LossInputs => ({
    ...(reference && { referenceSums: referenceTensor(some, reference, slots) }),
    lengths: pairLengths(some.map(example), slots),
    chosenTokens: chosenTokens(batch.map(example)),
  });
  const loss = (sums: tf.Tensor1D, of: LossInputs & { weights: tf.Tensor1D }): tf.Scalar => {
    const [chosen, rejected] = chosenAndRejected(of.referenceSums ? tf.sub(sums, of.referenceSums) : sums);
    const [tokensOfChosen, tokensOfRejected] = chosenAndRejected(of.lengths);
    const tensors = { chosen, rejected, chosenTokens: tokensOfChosen, rejectedTokens: tokensOfRejected };
    const preference: tf.Scalar = tf.sum(tf.mul(objective.losses(tensors, config), of.weights));
    return withPreferredLikelihood(preference, chosenAndRejected(sums)[0], of.chosenTokens, { nllCoefficient });
  };
  const figures = (values: readonly MicroBatchValues[]) =>
    pairFigures(
      values,
      (index, [chosen = 0, rejected = 0, ...logits]) => {
        const pair = example(index);
        const sums: [number, number] = [chosen, rejected];
        const tokens: [number, number] = [pair.chosen.completionIds.length, pair.rejected.completionIds.length];
        const referenceSums = reference?.subarray(2 * index, 2 * index + 2) ?? [0, 0];
        const counted: [number, number] = [chosen - (referenceSums[0] ?? 0), rejected - (referenceSums[1] ?? 0)];
        return {
          rewards: [objective.reward(counted[0], tokens[0], config), objective.reward(counted[1], tokens[1], config)],
          ...(objective.meanLogProbs ? { logps: [chosen / tokens[0], rejected / tokens[1]], sums } : { logps: sums }),
          ...(reference && { logRatios: counted, rounding: roundingOf([...sums, ...referenceSums]) }),
          logits,
          tokens,
        };
      },
      { nllCoefficient },
    );

  const loop = pairLoop(run, prepared, logProbs, { inputs, loss, figures, order: BY_IMPLICIT_REWARD });
  const step = yield* trainingLoop(loop, prepared, run.signal);
  return { policy: prepared.policy, step };
}

/** The inputs of the loss for a micro-batch, besides the policy's log-probs. */
type LossInputs = {
  /** Log-probs of the reference: [2 · slots] */
  referenceSums?: tf.Tensor1D;
  /** Tokens of each completion: [2 · slots] */
  lengths: tf.Tensor1D;
  /** Tokens of the whole batch's chosen completions, for the likelihood that may be mixed in. */
  chosenTokens: tf.Scalar;
};

/** The reference's log-probs of a micro-batch: [2 · slots]. */
function referenceTensor(examples: readonly number[], reference: Float32Array, slots: number): tf.Tensor1D {
  const sums = new Float32Array(2 * slots);
  examples.forEach((index, slot) => {
    sums.set(reference.subarray(2 * index, 2 * index + 2), 2 * slot);
  });
  return tf.tensor1d(sums);
}
