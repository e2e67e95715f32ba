import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RunEvent } from "@/domain/runs/run-events";
import { rewardLoss } from "../losses/reward";
import { pairs } from "./example-kinds";
import { forwardFunction } from "./forward-function";
import { callOnce, gradientFunction } from "./gradient-function";
import { chosenAndRejected } from "./pack-completions";
import { packRewardPairs, REWARD_ARGUMENTS, sequenceRewards } from "./pack-rewards";
import { eachExample, type MicroBatchValues, mean, weightTensor } from "./pair-figures";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { strengthFigures } from "./strength-figures";
import { type LoopMethod, trainingLoop } from "./training-loop";

/**
 * A reward model (Ouyang et al. 2022, arXiv 2203.02155, section 3.5): a scalar read at the last token of prompt and
 * completion, such that preferred completions score higher.
 *
 * 1. Read the pairs; load the model, with a new scalar head where it has none.
 * 2. Step by step, widen the gap between the scores of chosen and rejected, at least to the pair's margin.
 */
export async function* trainReward(run: RecipeRun<"reward">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Pairs and model.
  const prepared = yield* prepareRun(run, pairs, { rewardHead: true });
  const { config, model, example, held } = prepared;
  const slots = config.microBatchSize;
  const pack = (examples: readonly number[]) => packRewardPairs(examples.map(example), slots);
  const margins = (examples: readonly number[], room: number) => {
    const values = new Float32Array(room);
    if (config.useMargins) values.set(examples.map((index) => example(index).margin));
    return tf.tensor1d(values);
  };
  const pairLosses = (rewards: tf.Tensor1D, margin: tf.Tensor1D) => {
    const [chosen, rejected] = chosenAndRejected(rewards);
    return rewardLoss(chosen, rejected, margin, config);
  };

  // 2. The loss.
  const objective = gradientFunction(run.scope, "reward-gradients", model.trainable, (args) => {
    const [margin, weights, dropoutSeed] = args.slice(REWARD_ARGUMENTS) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D?];
    const rewards = sequenceRewards(model, args.slice(0, REWARD_ARGUMENTS), { ...config, dropoutSeed });
    return { loss: tf.sum(tf.mul(pairLosses(rewards, margin), weights)), sequences: rewards };
  });
  const gradients: LoopMethod["gradients"] = (examples, batch, _, draws) =>
    callOnce(objective, [
      ...pack(examples),
      margins(examples, slots),
      weightTensor(examples.length, batch.length, slots),
      ...draws,
    ]);

  const scores = forwardFunction(run, "reward-scores", (packed) => sequenceRewards(model, packed), {
    ...prepared,
    pack,
    valuesPerExample: 2,
  });
  const carryStrength = Array.from({ length: prepared.count }, (_, index) => example(index)).some(
    ({ margin }) => margin > 0,
  );
  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const values = yield* scores(held, "validating", "Validating");
    const losses = tf.tidy(() => pairLosses(tf.tensor1d(values), margins(held, held.length)).dataSync());
    const all = [{ examples: held, values }];
    const figures = scoreFigures(all);
    return {
      [METRICS.evalLoss]: mean(losses),
      [METRICS.evalAccuracy]: figures[METRICS.accuracy],
      [METRICS.evalMargin]: figures[METRICS.margin],
      ...(carryStrength &&
        strengthFigures(
          eachExample(all, (index, [chosen = 0, rejected = 0]) => ({
            margin: example(index).margin,
            isRight: chosen > rejected,
          })),
        )),
    };
  }

  const step = yield* trainingLoop({ gradients, metrics: scoreFigures, evaluate }, prepared, run.signal);
  return { policy: prepared.policy, step };
}

/** TRL's figures: how many pairs are in the right order, by how much chosen scores more, and where the scores lie. */
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
