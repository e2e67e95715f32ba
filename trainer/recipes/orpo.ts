import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RunEvent } from "@/domain/runs/run-events";
import { logOddsOf, logSigmoid, oddsRatioLoss } from "../losses/orpo";
import { pairs } from "./example-kinds";
import { columns, packWholePairs, pairLengths } from "./pack-completions";
import { type MicroBatchValues, mean, pairFigures } from "./pair-figures";
import { BY_IMPLICIT_REWARD, pairLogProbs, pairLoop } from "./pair-loop";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { trainingLoop } from "./training-loop";

/**
 * Odds-ratio preference optimisation (Hong, Lee, Thorne 2024, arXiv 2403.07691): SFT and preference in one, without a
 * reference.
 *
 * 1. Read the pairs; load the policy.
 * 2. Step by step, learn to write the chosen text (mean over its tokens, the prompt's included), and raise the odds of
 *    chosen over rejected completions, weighted with λ.
 */
export async function* trainOrpo(run: RecipeRun<"orpo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Read the pairs and load the policy.
  const prepared = yield* prepareRun(run, pairs);
  const { config, example } = prepared;
  const logProbs = pairLogProbs(run, prepared, "orpo", { pack: packWholePairs, width: 3 });
  /** Number of tokens that the likelihood is a mean over: all of prompt and chosen but the first. */
  const targetCount = (examples: readonly number[]) =>
    examples.reduce((sum, index) => {
      const { promptIds, completionIds } = example(index).chosen;
      return sum + promptIds.length - 1 + completionIds.length;
    }, 0);

  // 2. Minimise the loss.
  type Inputs = { lengths: tf.Tensor1D; targetCount: tf.Scalar };
  const inputs = (some: readonly number[], batch: readonly number[], slots: number): Inputs => ({
    lengths: pairLengths(some.map(example), slots),
    targetCount: tf.scalar(targetCount(batch)),
  });
  const loss = (values: tf.Tensor1D, { lengths, targetCount, weights }: Inputs & { weights: tf.Tensor1D }) => {
    const sums = columns(values, ["prompt", "chosen", "rejected"]);
    const tokens = columns(lengths, ["chosen", "rejected"]);
    const likelihood = tf.div(tf.sum(tf.add(sums.prompt, sums.chosen)), targetCount);
    // An empty slot has the log-prob 0, as if the model were certain of it; −1 takes its place, and has no weight.
    const filling = tf.cast(tf.equal(weights, 0), "float32");
    const meanOf = (side: "chosen" | "rejected"): tf.Tensor1D => tf.sub(tf.div(sums[side], tokens[side]), filling);
    const ratios = oddsRatioLoss(meanOf("chosen"), meanOf("rejected"));
    const total: tf.Scalar = tf.add(tf.neg(likelihood), tf.mul(tf.sum(tf.mul(ratios, weights)), config.lambda));
    return total;
  };
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
      [METRICS.logOddsRatio]: mean(logOdds.map(logSigmoid)),
      [METRICS.logOddsChosen]: mean(logOdds),
    };
  };

  const loop = pairLoop(run, prepared, logProbs, { inputs, loss, figures, order: BY_IMPLICIT_REWARD });
  const step = yield* trainingLoop(loop, prepared, run.signal);
  return { policy: prepared.policy, step };
}
