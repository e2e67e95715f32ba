import * as tf from "@tensorflow/tfjs";
import type { DpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { dpoLoss } from "../losses/dpo";
import { ipoLoss } from "../losses/ipo";
import { lengthNormalisedGap } from "../losses/length-normalised-dpo";
import { withPreferredLikelihood } from "../losses/preferred-likelihood";
import { robustDpoLoss } from "../losses/robust-dpo";
import { pairs } from "./example-kinds";
import { roundingOf } from "./float-tie";
import { chosenAndRejected, chosenTokens, packPairs, pairLengths } from "./pack-completions";
import { type MicroBatchValues, pairFigures } from "./pair-figures";
import { BY_IMPLICIT_REWARD, pairLogProbs, pairLoop } from "./pair-loop";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { cachedReference } from "./reference-log-probs";
import { trainingLoop } from "./training-loop";

/**
 * Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290), its conservative and robust forms, and IPO.
 *
 * 1. Read the pairs; load the policy.
 * 2. Compute the reference: the log-probs that the policy gives to every completion before the first step. Computed
 * once and kept, they need no second model.
 * 3. Step by step, move the policy so that chosen completions become likelier, against the reference, than rejected.
 */
export async function* trainDpo(run: RecipeRun<"dpo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Read the pairs and load the policy.
  const prepared = yield* prepareRun(run, pairs);
  const { config, example, held } = prepared;
  const logProbs = pairLogProbs(run, prepared, "dpo", { pack: packPairs, width: 2 });

  // 2. Compute the reference, for training and validation pairs alike: [2 · pairs], chosen and rejected side by side. A
  // run that ends before its epoch does never computes the rest.
  const used = [...new Set([...prepared.schedule.flatMap(({ indices }) => indices), ...held])].sort((a, b) => a - b);
  const usedSums = yield* cachedReference(
    run,
    prepared,
    used.flatMap((index) => pairs.sequencesOf(example(index))),
    () => logProbs.forward(used, "reference", "Log-probs of the reference"),
  );
  const reference = new Float32Array(2 * prepared.count);
  used.forEach((index, place) => {
    reference.set(usedSums.subarray(2 * place, 2 * place + 2), 2 * index);
  });

  // 3. Minimise the loss. All that differs between two micro-batches is an argument.
  const inputs = (some: readonly number[], batch: readonly number[], slots: number): LossInputs => ({
    referenceSums: referenceTensor(some, reference, slots),
    lengths: pairLengths(some.map(example), slots),
    chosenTokens: chosenTokens(batch.map(example)),
  });
  const loss = (sums: tf.Tensor1D, of: LossInputs & { weights: tf.Tensor1D }): tf.Scalar => {
    const preference: tf.Scalar = tf.sum(tf.mul(pairLosses(sums, of, config), of.weights));
    return withPreferredLikelihood(preference, chosenAndRejected(sums)[0], of.chosenTokens, config);
  };
  const figures = (values: readonly MicroBatchValues[]) =>
    pairFigures(
      values,
      (index, [chosen = 0, rejected = 0, ...logits]) => {
        const [referenceChosen = 0, referenceRejected = 0] = reference.subarray(2 * index, 2 * index + 2);
        const pair = example(index);
        const logRatios: [number, number] = [chosen - referenceChosen, rejected - referenceRejected];
        return {
          // DPO's implicit reward: β times the log-ratio (eq. 5).
          rewards: [config.beta * logRatios[0], config.beta * logRatios[1]],
          logps: [chosen, rejected],
          logRatios,
          rounding: roundingOf([chosen, rejected, referenceChosen, referenceRejected]),
          logits,
          tokens: [pair.chosen.completionIds.length, pair.rejected.completionIds.length],
        };
      },
      config,
    );

  const loop = pairLoop(run, prepared, logProbs, { inputs, loss, figures, order: BY_IMPLICIT_REWARD });
  const step = yield* trainingLoop(loop, prepared, run.signal);
  return { policy: prepared.policy, step };
}

/** The inputs of DPO's loss for a micro-batch, besides the policy's log-probs. */
type LossInputs = {
  /** Log-probs of the reference: [2 · slots] */
  referenceSums: tf.Tensor1D;
  /** Tokens of each completion: [2 · slots] */
  lengths: tf.Tensor1D;
  /** Tokens of the whole batch's chosen completions, for the likelihood that may be mixed in. */
  chosenTokens: tf.Scalar;
};

/**
 * The loss of each pair. [pairs]
 *
 * @param sums [2 · pairs]: log-probs of the policy
 */
function pairLosses(
  sums: tf.Tensor1D,
  { referenceSums, lengths }: Pick<LossInputs, "referenceSums" | "lengths">,
  config: DpoConfig,
): tf.Tensor1D {
  const [chosen, rejected] = chosenAndRejected(tf.sub(sums, referenceSums)); // Δ of each completion, nats
  const [chosenTokens, rejectedTokens] = chosenAndRejected(lengths);
  if (config.loss === "ipo") return ipoLoss(chosen, rejected, chosenTokens, rejectedTokens, config);
  if (config.loss === "sigmoid_norm") {
    return dpoLoss(lengthNormalisedGap(chosen, rejected, chosenTokens, rejectedTokens), config);
  }
  const h: tf.Tensor1D = tf.sub(chosen, rejected);
  return config.loss === "robust" ? robustDpoLoss(h, config) : dpoLoss(h, config);
}

/** The reference's log-probs of a micro-batch: [2 · slots]. */
function referenceTensor(examples: readonly number[], reference: Float32Array, slots: number): tf.Tensor1D {
  const sums = new Float32Array(2 * slots);
  examples.forEach((index, slot) => {
    sums.set(reference.subarray(2 * index, 2 * index + 2), 2 * slot);
  });
  return tf.tensor1d(sums);
}
