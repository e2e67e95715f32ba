import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RunEvent } from "@/domain/runs/run-events";
import { withSftMix } from "../losses/sft-mix";
import { simpoLoss } from "../losses/simpo";
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
import { type LoopMethod, trainingLoop } from "./training-loop";

/**
 * Simple preference optimisation (Meng, Xia, Chen 2024, arXiv 2405.14734): DPO without a reference, on mean log-probs.
 *
 * 1. Read the pairs; load the policy.
 * 2. Step by step, make the mean log-prob of chosen exceed that of rejected by at least γ ÷ β.
 */
export async function* trainSimpo(run: RecipeRun<"simpo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Pairs and policy.
  const prepared = yield* prepareRun(run, pairs);
  const { config, model, example, held } = prepared;
  const slots = config.microBatchSize;
  const pack = (examples: readonly number[]) => packPairs(examples.map(example), slots);
  const pairLosses = (sums: tf.Tensor1D, lengths: tf.Tensor1D) => {
    const [chosen, rejected] = chosenAndRejected(tf.div(sums, lengths)); // ℓ, the mean over tokens
    return simpoLoss(chosen, rejected, config);
  };
  const lossOf = (sums: tf.Tensor1D, lengths: tf.Tensor1D, weights: tf.Tensor1D, tokens: tf.Scalar) =>
    withSftMix(tf.sum(tf.mul(pairLosses(sums, lengths), weights)), chosenAndRejected(sums)[0], tokens, config);

  // 2. The loss.
  const measure = sequenceMeasures(run.scope, model);
  const objective = gradientFunction(run.scope, "simpo-gradients", model.trainable, (args) => {
    const [lengths, weights, tokens, dropoutSeed] = args.slice(PACKED_ARGUMENTS) as [
      ...[tf.Tensor1D, tf.Tensor1D, tf.Scalar],
      tf.Tensor1D?,
    ];
    const measured = measure(args.slice(0, PACKED_ARGUMENTS), { ...config, dropoutSeed });
    return { loss: lossOf(measured.sums, lengths, weights, tokens), sequences: besideLogProbs(measured, 2) };
  });
  const gradients: LoopMethod["gradients"] = (examples, batch, _, draws) =>
    callOnce(objective, [
      ...pack(examples),
      pairLengths(examples.map(example), slots),
      weightTensor(examples.length, batch.length, slots),
      chosenTokens(batch.map(example)),
      ...draws,
    ]);
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

  const logProbs = forwardFunction(run, "simpo-log-probs", (packed) => sequenceLogProbs(model, packed), {
    ...prepared,
    pack,
    valuesPerExample: 2,
  });
  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const values = yield* logProbs(held, "validating", "Validating");
    const loss = tf.tidy(() => {
      const pairs = held.map(example);
      const [lengths, weights] = [pairLengths(pairs, held.length), weightTensor(held.length, held.length, held.length)];
      return lossOf(tf.tensor1d(values), lengths, weights, chosenTokens(pairs)).dataSync()[0] as number;
    });
    const rewards = figures([{ examples: held, values }]);
    return {
      [METRICS.evalLoss]: loss,
      [METRICS.evalAccuracy]: rewards[METRICS.rewardsAccuracies],
      [METRICS.evalMargin]: rewards[METRICS.rewardsMargins],
    };
  }

  const step = yield* trainingLoop({ gradients, metrics: figures, evaluate }, prepared, run.signal);
  return { policy: prepared.policy, step };
}
