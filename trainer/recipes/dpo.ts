import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { DpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { dpoLoss } from "../losses/dpo";
import { ipoLoss } from "../losses/ipo";
import { lengthNormalisedGap } from "../losses/length-normalised-dpo";
import { robustDpoLoss } from "../losses/robust-dpo";
import { withSftMix } from "../losses/sft-mix";
import { pairs } from "./example-kinds";
import { forwardFunction } from "./forward-function";
import { callOnce, gradientFunction } from "./gradient-function";
import { besideLogProbs, sequenceMeasures } from "./mean-logits";
import {
  chosenAndRejected,
  chosenTokens,
  PACKED_ARGUMENTS,
  packPairs,
  pairLengths,
  sequenceLogProbs,
} from "./pack-completions";
import { type MicroBatchValues, pairFigures, weightTensor } from "./pair-figures";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { cachedReference } from "./reference-log-probs";
import { type LoopMethod, trainingLoop } from "./training-loop";

/**
 * Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290), its conservative and robust forms, and IPO.
 *
 * 1. Read the pairs; load the policy.
 * 2. Ask the policy, as it is before the first step, for the log-probs of every completion: that is the reference.
 *    Computed once and kept, it costs no second model.
 * 3. Step by step, move the policy so that chosen completions become likelier, against the reference, than rejected.
 */
export async function* trainDpo(run: RecipeRun<"dpo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Pairs and policy.
  const prepared = yield* prepareRun(run, pairs);
  const { config, model, example, held } = prepared;
  const slots = config.microBatchSize;
  const pack = (examples: readonly number[]) => packPairs(examples.map(example), slots);

  // 2. The reference, for training and validation pairs alike: [2 · pairs], chosen and rejected side by side.
  const logProbs = forwardFunction(run, "dpo-log-probs", (packed) => sequenceLogProbs(model, packed), {
    ...prepared,
    pack,
    valuesPerExample: 2,
  });
  // A run that ends before its epoch does never asks for the rest.
  const used = [...new Set([...prepared.schedule.flatMap(({ indices }) => indices), ...held])].sort((a, b) => a - b);
  const usedSums = yield* cachedReference(
    run,
    prepared,
    used.flatMap((index) => pairs.sequencesOf(example(index))),
    () => logProbs(used, "reference", "Log-probs of the reference"),
  );
  const reference = new Float32Array(2 * prepared.count);
  used.forEach((index, place) => {
    reference.set(usedSums.subarray(2 * place, 2 * place + 2), 2 * index);
  });

  // 3. The loss. Everything that differs between two micro-batches is an argument.
  const measure = sequenceMeasures(run.scope, model);
  const objective = gradientFunction(run.scope, "dpo-gradients", model.trainable, (args) => {
    const [referenceSums, lengths, weights, chosenTokens, dropoutSeed] = args.slice(PACKED_ARGUMENTS) as [
      ...[tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Scalar],
      tf.Tensor1D?,
    ];
    const measured = measure(args.slice(0, PACKED_ARGUMENTS), { ...config, dropoutSeed });
    return {
      loss: lossOf(measured.sums, referenceSums, lengths, weights, chosenTokens, config),
      sequences: besideLogProbs(measured, 2),
    };
  });
  const gradients: LoopMethod["gradients"] = (examples, batch, _, draws) =>
    callOnce(objective, [
      ...pack(examples),
      referenceTensor(examples, reference, slots),
      pairLengths(examples.map(example), slots),
      weightTensor(examples.length, batch.length, slots),
      chosenTokens(batch.map(example)),
      ...draws,
    ]);
  const figures = (values: readonly MicroBatchValues[]) =>
    pairFigures(
      values,
      (index, [chosen = 0, rejected = 0, ...logits]) => {
        const [referenceChosen = 0, referenceRejected = 0] = reference.subarray(2 * index, 2 * index + 2);
        const pair = example(index);
        const logRatios: [number, number] = [chosen - referenceChosen, rejected - referenceRejected];
        return {
          // The reward that DPO trains without ever naming it: β times the log-ratio (eq. 5).
          rewards: [config.beta * logRatios[0], config.beta * logRatios[1]],
          logps: [chosen, rejected],
          logRatios,
          logits,
          tokens: [pair.chosen.completionIds.length, pair.rejected.completionIds.length],
        };
      },
      config,
    );

  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const sums = yield* logProbs(held, "validating", "Validating");
    const loss = tf.tidy(() => {
      const records = held.map(example);
      const references = referenceTensor(held, reference, held.length);
      const [lengths, weights] = [
        pairLengths(records, held.length),
        weightTensor(held.length, held.length, held.length),
      ];
      const all = lossOf(tf.tensor1d(sums), references, lengths, weights, chosenTokens(records), config);
      return all.dataSync()[0] as number;
    });
    const rewards = figures([{ examples: held, values: sums }]);
    return {
      [METRICS.evalLoss]: loss,
      [METRICS.evalAccuracy]: rewards[METRICS.rewardsAccuracies],
      [METRICS.evalMargin]: rewards[METRICS.rewardsMargins],
    };
  }

  const step = yield* trainingLoop({ gradients, metrics: figures, evaluate }, prepared, run.signal);
  return { policy: prepared.policy, step };
}

/**
 * A micro-batch's share of the loss: scalar.
 *
 * @param weights [pairs]: of each pair in its batch, 0 for filling
 * @param chosenTokens scalar, over the whole batch
 */
function lossOf(
  sums: tf.Tensor1D,
  referenceSums: tf.Tensor1D,
  lengths: tf.Tensor1D,
  weights: tf.Tensor1D,
  chosenTokens: tf.Scalar,
  config: DpoConfig,
): tf.Scalar {
  const preference: tf.Scalar = tf.sum(tf.mul(pairLosses(sums, referenceSums, lengths, config), weights));
  return withSftMix(preference, chosenAndRejected(sums)[0], chosenTokens, config);
}

/**
 * The loss of each pair. [pairs]
 *
 * @param sums, referenceSums, lengths [2 · pairs]: log-probs of policy and reference, tokens of each completion
 */
function pairLosses(
  sums: tf.Tensor1D,
  referenceSums: tf.Tensor1D,
  lengths: tf.Tensor1D,
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
