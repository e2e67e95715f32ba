import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RewardConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { scheduleBatches } from "../data/batch-schedule";
import { type TokenizedPair, tokenizePairs } from "../data/tokenize-dataset";
import { compile } from "../engine/compile";
import { rewardLoss } from "../losses/reward";
import { Checkpoints, fingerprintOf } from "./checkpoints";
import { callOnce, evaluateSequences } from "./evaluate-sequences";
import { gradientFunction } from "./gradient-function";
import { chosenAndRejected, pairTokens } from "./pack-completions";
import { packRewardPairs, REWARD_ARGUMENTS, sequenceRewards } from "./pack-rewards";
import { loadPolicy } from "./policy";
import { readRecords, tokenizeRecords } from "./read-examples";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { resolveRun } from "./resolve-run";
import { trainingLoop } from "./training-loop";

/**
 * A reward model (Ouyang et al. 2022, arXiv 2203.02155, section 3.5): a scalar read at the last token of prompt and
 * completion, such that preferred completions score higher.
 *
 * 1. Read the pairs; load the model, with a new scalar head where it has none.
 * 2. Step by step, widen the gap between the scores of chosen and rejected, at least to the pair's margin.
 */
export async function* trainReward(run: RecipeRun<"reward">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Data and model.
  yield { type: "phase", phase: "reading", message: "Reading the preference pairs" };
  const records = await readRecords(run.config, "preference");
  const policy = yield* loadPolicy(run, { rewardHead: true });
  const { model } = policy;
  const { train, validation, ledger } = tokenizeRecords(records, run.config, policy, tokenizePairs);
  const groupIds = train.map(({ groupId }) => groupId);
  const schedule = (config: RewardConfig) => scheduleBatches(groupIds, config);
  const config = yield* resolveRun<RewardConfig>(run, ledger, schedule);

  const pairs = [...train, ...validation];
  const pair = (example: number) => pairs[example] as TokenizedPair;
  const tokensOf = (example: number) => pairTokens(pair(example));
  const slots = config.microBatchSize;
  const margins = (examples: readonly number[], room: number) => {
    const values = new Float32Array(room);
    examples.forEach((example, slot) => {
      values[slot] = config.useMargins ? pair(example).margin : 0;
    });
    return tf.tensor1d(values);
  };
  const pairLosses = (rewards: tf.Tensor1D, margin: tf.Tensor1D) => {
    const [chosen, rejected] = chosenAndRejected(rewards);
    return rewardLoss(chosen, rejected, margin, config);
  };

  // 2. The loss.
  const objective = gradientFunction(run.scope, "reward-gradients", model.trainable, (args) => {
    const [margin, weights] = args.slice(REWARD_ARGUMENTS) as [tf.Tensor1D, tf.Tensor1D];
    const rewards = sequenceRewards(model, args.slice(0, REWARD_ARGUMENTS));
    return { loss: tf.sum(tf.mul(pairLosses(rewards, margin), weights)), sequences: rewards };
  });
  const gradients = (examples: readonly number[], batch: readonly number[]) =>
    callOnce(objective, [
      ...packRewardPairs(examples.map(pair), slots),
      margins(examples, slots),
      tf.tensor1d(Array.from({ length: slots }, (_, slot) => (slot < examples.length ? 1 / batch.length : 0))),
    ]);

  // Validation: loss and accuracy on pairs that are not trained on.
  const held = validation.map((_, index) => train.length + index);
  const scores = run.scope.own(compile("reward-scores", (...packed) => [sequenceRewards(model, packed)]));
  const forward = (some: readonly number[]) =>
    callOnce(
      (args) => scores(...args)[0] as tf.Tensor,
      packRewardPairs(
        some.map((index) => pair(held[index] as number)),
        slots,
      ),
    );
  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const rewards = yield* evaluateSequences(held.length, forward, {
      valuesPerExample: 2,
      microBatchSize: slots,
      lengthOf: (index) => tokensOf(held[index] as number),
      signal: run.signal,
      phase: "validating",
      message: "Validating",
    });
    const loss = tf.tidy(() => tf.mean(pairLosses(tf.tensor1d(rewards), margins(held, held.length))).dataSync()[0]);
    const figures = scoreMetrics([{ examples: held, sequences: rewards }]);
    return {
      [METRICS.evalLoss]: loss as number,
      [METRICS.evalAccuracy]: figures[METRICS.accuracy],
      [METRICS.evalMargin]: figures[METRICS.margin],
    };
  }

  yield { type: "phase", phase: "training", message: "Training" };
  const sequences = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const fingerprint = fingerprintOf(
    config,
    sequences.flatMap(({ promptIds, completionIds }) => [promptIds, completionIds]),
  );
  const step = yield* trainingLoop(
    { tokensOf, gradients, metrics: scoreMetrics, evaluate: held.length > 0 ? evaluate : null },
    {
      config,
      variables: model.trainable,
      schedule: schedule(config),
      checkpoints: new Checkpoints(run.checkpointFolder, fingerprint, run.resume),
      signal: run.signal,
    },
  );
  return { policy, step };
}

/** TRL's figures: how many pairs are in the right order, and by how much chosen scores more. */
function scoreMetrics(microBatches: readonly { examples: readonly number[]; sequences: Float32Array }[]): Metrics {
  const gaps = microBatches.flatMap(({ examples, sequences }) =>
    examples.map((_, slot) => (sequences[2 * slot] as number) - (sequences[2 * slot + 1] as number)),
  );
  return {
    [METRICS.accuracy]: gaps.filter((gap) => gap > 0).length / gaps.length,
    [METRICS.margin]: gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length,
  };
}
