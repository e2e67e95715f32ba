import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RunEvent } from "@/domain/runs/run-events";
import { oddsRatioLoss } from "../losses/orpo";
import { pairs } from "./example-kinds";
import { forwardFunction } from "./forward-function";
import { callOnce, gradientFunction } from "./gradient-function";
import { besideLogProbs, sequenceMeasures } from "./mean-logits";
import { PACKED_ARGUMENTS, packWholePairs, pairLengths, sequenceLogProbs } from "./pack-completions";
import { type MicroBatchValues, mean, pairFigures, weightTensor } from "./pair-figures";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { type LoopMethod, trainingLoop } from "./training-loop";

/**
 * Odds-ratio preference optimisation (Hong, Lee, Thorne 2024, arXiv 2403.07691): SFT and preference in one, without a
 * reference.
 *
 * 1. Read the pairs; load the policy.
 * 2. Step by step, learn to write the chosen text (mean over its tokens, the prompt's included), and raise the odds of
 *    chosen over rejected completions, weighted with λ.
 */
export async function* trainOrpo(run: RecipeRun<"orpo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Pairs and policy.
  const prepared = yield* prepareRun(run, pairs);
  const { config, model, example, held } = prepared;
  const slots = config.microBatchSize;
  const pack = (examples: readonly number[]) => packWholePairs(examples.map(example), slots);
  /** Tokens that the likelihood is a mean over: all of prompt and chosen but the first. */
  const targetCount = (examples: readonly number[]) =>
    examples.reduce((sum, index) => {
      const { promptIds, completionIds } = example(index).chosen;
      return sum + promptIds.length - 1 + completionIds.length;
    }, 0);
  const lossOf = (sums: tf.Tensor1D, lengths: tf.Tensor1D, weights: tf.Tensor1D, targets: tf.Scalar) => {
    const [prompt, chosen, rejected] = columns(sums, 3) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const [chosenTokens, rejectedTokens] = columns(lengths, 2) as [tf.Tensor1D, tf.Tensor1D];
    const likelihood = tf.div(tf.sum(tf.add(prompt, chosen)), targets);
    // An empty slot has the log-prob 0, where odds are infinite: it takes −1 instead, and weighs nothing.
    const filling = tf.cast(tf.equal(weights, 0), "float32");
    const meanOf = (sum: tf.Tensor1D, tokens: tf.Tensor1D): tf.Tensor1D => tf.sub(tf.div(sum, tokens), filling);
    const ratios = oddsRatioLoss(meanOf(chosen, chosenTokens), meanOf(rejected, rejectedTokens));
    return tf.add(tf.neg(likelihood), tf.mul(tf.sum(tf.mul(ratios, weights)), config.lambda)) as tf.Scalar;
  };

  // 2. The loss.
  const measure = sequenceMeasures(run.scope, model);
  const objective = gradientFunction(run.scope, "orpo-gradients", model.trainable, (args) => {
    const [lengths, weights, targets, dropoutSeed] = args.slice(PACKED_ARGUMENTS) as [
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Scalar,
      tf.Tensor1D?,
    ];
    const measured = measure(args.slice(0, PACKED_ARGUMENTS), { ...config, dropoutSeed });
    return { loss: lossOf(measured.sums, lengths, weights, targets), sequences: besideLogProbs(measured, 3) };
  });
  const gradients: LoopMethod["gradients"] = (examples, batch, _, draws) =>
    callOnce(objective, [
      ...pack(examples),
      pairLengths(examples.map(example), slots),
      weightTensor(examples.length, batch.length, slots),
      tf.scalar(targetCount(batch)),
      ...draws,
    ]);
  const figures = (values: readonly MicroBatchValues[]): Metrics => {
    const logOdds: number[] = [];
    let learned = 0; // Σ log π of prompt and chosen
    const examples = values.flatMap(({ examples }) => examples);
    const ofPairs = pairFigures(values, (index, [prompt = 0, chosen = 0, rejected = 0, _, ...logits]) => {
      const pair = example(index);
      const tokens: [number, number] = [pair.chosen.completionIds.length, pair.rejected.completionIds.length];
      const logps: [number, number] = [chosen / tokens[0], rejected / tokens[1]];
      logOdds.push(logOddsOf(logps[0]) - logOddsOf(logps[1]));
      learned += prompt + chosen;
      return { rewards: [config.lambda * logps[0], config.lambda * logps[1]], logps, logits, tokens };
    });
    return {
      ...ofPairs,
      [METRICS.nllLoss]: -learned / targetCount(examples),
      [METRICS.logOddsRatio]: mean(logOdds.map((odds) => -Math.log1p(Math.exp(-odds)))),
      [METRICS.logOddsChosen]: mean(logOdds),
    };
  };

  const logProbs = forwardFunction(run, "orpo-log-probs", (packed) => sequenceLogProbs(model, packed), {
    ...prepared,
    pack,
    valuesPerExample: 3,
  });
  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const values = yield* logProbs(held, "validating", "Validating");
    const loss = tf.tidy(() => {
      const lengths = pairLengths(held.map(example), held.length);
      const weights = weightTensor(held.length, held.length, held.length);
      return lossOf(tf.tensor1d(values), lengths, weights, tf.scalar(targetCount(held))).dataSync()[0] as number;
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

/** ℓ − log(1 − e^ℓ) of a mean log-prob. */
const logOddsOf = (meanLogProb: number): number => meanLogProb - Math.log(-Math.expm1(meanLogProb));

/** [width · examples] → one vector a column. */
function columns(values: tf.Tensor1D, width: number): tf.Tensor1D[] {
  return tf.split(tf.reshape(values, [-1, width]), width, 1).map((column) => tf.reshape(column, [-1]));
}
