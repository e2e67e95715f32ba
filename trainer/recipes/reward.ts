import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RunEvent } from "@/domain/runs/run-events";
import { rewardLoss } from "../losses/reward";
import { pairs } from "./example-kinds";
import { forwardFunction } from "./forward-function";
import { chosenAndRejected } from "./pack-completions";
import { type PackedTexts, packRewardPairs, sequenceRewards } from "./pack-rewards";
import { eachExample, type MicroBatchValues, mean } from "./pair-figures";
import { type PairMeasure, pairLoop } from "./pair-loop";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { strengthFigures } from "./strength-figures";
import { trainingLoop } from "./training-loop";

/**
 * A reward model (Ouyang et al. 2022, arXiv 2203.02155, section 3.5): a scalar read at the last token of prompt and
 * completion, such that preferred completions score higher.
 *
 * 1. Read the pairs; load the model, with a new scalar head if it has none.
 * 2. Step by step, widen the gap between the scores of chosen and rejected, at least to the pair's margin.
 */
export async function* trainReward(run: RecipeRun<"reward">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Read the pairs and load the model.
  const prepared = yield* prepareRun(run, pairs, { rewardHead: true });
  const { config, model, example } = prepared;
  const pack = (some: readonly number[], slots: number) => packRewardPairs(some.map(example), slots);
  const scores: PairMeasure<PackedTexts> = {
    name: "reward",
    pack,
    measure(packed) {
      const values = sequenceRewards(model, packed, config);
      return { values, sequences: values };
    },
    forward: forwardFunction(run, "reward-scores", (packed: PackedTexts) => sequenceRewards(model, packed), {
      ...prepared,
      pack: (some) => pack(some, config.microBatchSize),
      valuesPerExample: 2,
    }),
  };

  // 2. Minimise the loss.
  type Inputs = { margins: tf.Tensor1D };
  const inputs = (some: readonly number[], _: readonly number[], slots: number): Inputs => {
    const margins = new Float32Array(slots);
    if (config.useMargins) margins.set(some.map((index) => example(index).margin));
    return { margins: tf.tensor1d(margins) };
  };
  const pairLosses = (rewards: tf.Tensor1D, { margins }: Inputs) => {
    const [chosen, rejected] = chosenAndRejected(rewards);
    return rewardLoss(chosen, rejected, margins, config);
  };
  const loss = (rewards: tf.Tensor1D, { weights, ...others }: Inputs & { weights: tf.Tensor1D }): tf.Scalar =>
    tf.sum(tf.mul(pairLosses(rewards, others), weights));

  const carryStrength = Array.from({ length: prepared.count }, (_, index) => example(index)).some(
    ({ margin }) => margin > 0,
  );
  const strengths = (all: readonly MicroBatchValues[]): Metrics => {
    if (!carryStrength) return {};
    const judged = eachExample(all, (index, [chosen = 0, rejected = 0]) => ({
      margin: example(index).margin,
      isRight: chosen > rejected,
    }));
    return strengthFigures(judged);
  };
  const loop = pairLoop(run, prepared, scores, {
    inputs,
    loss,
    // The mean over pairs is taken in double precision.
    validationLoss: (rewards, ofPairs) => mean(pairLosses(rewards, ofPairs).dataSync()),
    figures: scoreFigures,
    order: { accuracy: METRICS.accuracy, margin: METRICS.margin },
    validationFigures: strengths,
  });
  const step = yield* trainingLoop(loop, prepared, run.signal);
  return { policy: prepared.policy, step };
}

/**
 * Computes TRL's figures: how many pairs are in the right order, by how much chosen scores more, and where the scores
 * lie.
 */
function scoreFigures(microBatches: readonly MicroBatchValues[]): Metrics {
  const gaps = eachExample(microBatches, (_, [chosen, rejected]) => (chosen as number) - (rejected as number));
  const scores = eachExample(microBatches, (_, pair) => [...pair]).flat();
  return {
    [METRICS.accuracy]: mean(gaps.map((gap) => (gap > 0 ? 1 : 0))),
    [METRICS.margin]: mean(gaps),
    [METRICS.minReward]: scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY),
    [METRICS.meanReward]: mean(scores),
    [METRICS.maxReward]: scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY),
  };
}
