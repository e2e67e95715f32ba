import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { DpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { scheduleBatches } from "../data/batch-schedule";
import { type TokenizedPair, tokenizePairs } from "../data/tokenize-dataset";
import { compile } from "../engine/compile";
import { dpoLoss } from "../losses/dpo";
import { ipoLoss } from "../losses/ipo";
import { robustDpoLoss } from "../losses/robust-dpo";
import { Checkpoints, fingerprintOf } from "./checkpoints";
import { callOnce, evaluateSequences } from "./evaluate-sequences";
import { gradientFunction } from "./gradient-function";
import { chosenAndRejected, PACKED_ARGUMENTS, packPairs, pairTokens, sequenceLogProbs } from "./pack-completions";
import { loadPolicy, requireLanguageModel } from "./policy";
import { readRecords, tokenizeRecords } from "./read-examples";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { cachedReference } from "./reference-log-probs";
import { resolveRun } from "./resolve-run";
import { trainingLoop } from "./training-loop";

/**
 * Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290), its conservative and robust forms, and IPO.
 *
 * 1. Read the pairs; load the policy.
 * 2. Ask the policy, as it is before the first step, for the log-probs of every completion: that is the reference.
 *    Computed once and kept, it costs no second model.
 * 3. Step by step, move the policy so that chosen completions become likelier, against the reference, than rejected.
 */
export async function* trainDpo(run: RecipeRun<"dpo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Data and policy.
  yield { type: "phase", phase: "reading", message: "Reading the preference pairs" };
  const records = await readRecords(run.config, "preference");
  const policy = yield* loadPolicy(run);
  requireLanguageModel(policy, run.config);
  const { model } = policy;
  const { train, validation, ledger } = tokenizeRecords(records, run.config, policy, tokenizePairs);
  const schedule = (config: DpoConfig) =>
    scheduleBatches(
      train.map(({ groupId }) => groupId),
      config,
    );
  const config = yield* resolveRun<DpoConfig>(run, ledger, schedule);

  // 2. The reference, for training and validation pairs alike.
  const pairs = [...train, ...validation];
  const pair = (example: number) => pairs[example] as TokenizedPair;
  const tokensOf = (example: number) => pairTokens(pair(example));
  const slots = config.microBatchSize;
  const logProbs = run.scope.own(compile("dpo-log-probs", (...packed) => [sequenceLogProbs(model, packed)]));
  const forward = (examples: readonly number[]) =>
    callOnce((args) => logProbs(...args)[0] as tf.Tensor, packPairs(examples.map(pair), slots));
  const pass = { valuesPerExample: 2, microBatchSize: slots, signal: run.signal };
  const fingerprint = fingerprintOf(
    config,
    pairs.flatMap(({ chosen, rejected }) => [
      chosen.promptIds,
      chosen.completionIds,
      rejected.promptIds,
      rejected.completionIds,
    ]),
  );
  const reference = yield* cachedReference(run.checkpointFolder, fingerprint, () =>
    evaluateSequences(pairs.length, forward, {
      ...pass,
      lengthOf: tokensOf,
      phase: "reference",
      message: "Log-probs of the reference",
    }),
  );

  // 3. The loss. Everything that differs between two micro-batches is an argument.
  const objective = gradientFunction(run.scope, "dpo-gradients", model.trainable, (args) => {
    const [referenceSums, lengths, weights] = args.slice(PACKED_ARGUMENTS) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const sums = sequenceLogProbs(model, args.slice(0, PACKED_ARGUMENTS));
    const losses = pairLosses(sums, referenceSums, lengths, config);
    return { loss: tf.sum(tf.mul(losses, weights)), sequences: sums };
  });
  const gradients = (examples: readonly number[], batch: readonly number[]) =>
    callOnce(objective, [
      ...packPairs(examples.map(pair), slots),
      ...pairTensors(examples, pair, reference, slots),
      tf.tensor1d(Array.from({ length: slots }, (_, slot) => (slot < examples.length ? 1 / batch.length : 0))),
    ]);

  // Validation: the same figures on pairs that are not trained on.
  const held = validation.map((_, index) => train.length + index);
  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const sums = yield* evaluateSequences(held.length, (some) => forward(some.map((index) => held[index] as number)), {
      ...pass,
      lengthOf: (index) => tokensOf(train.length + index),
      phase: "validating",
      message: "Validating",
    });
    const losses = tf.tidy(() => {
      const [referenceSums, lengths] = pairTensors(held, pair, reference, held.length);
      return pairLosses(tf.tensor1d(sums), referenceSums, lengths, config).dataSync() as Float32Array;
    });
    const figures = pairMetrics([{ examples: held, sequences: sums }], reference, config.beta);
    return {
      [METRICS.evalLoss]: mean([...losses]),
      [METRICS.evalAccuracy]: figures[METRICS.rewardsAccuracies],
      [METRICS.evalMargin]: figures[METRICS.rewardsMargins],
    };
  }

  yield { type: "phase", phase: "training", message: "Training" };
  const step = yield* trainingLoop(
    {
      tokensOf,
      gradients,
      metrics: (microBatches) => pairMetrics(microBatches, reference, config.beta),
      evaluate: held.length > 0 ? evaluate : null,
    },
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
  if (config.loss === "ipo") {
    const [chosenTokens, rejectedTokens] = chosenAndRejected(lengths);
    return ipoLoss(chosen, rejected, chosenTokens, rejectedTokens, config);
  }
  const h: tf.Tensor1D = tf.sub(chosen, rejected);
  return config.loss === "robust" ? robustDpoLoss(h, config) : dpoLoss(h, config);
}

/** The reference's log-probs and the completions' lengths, each [2 · slots]; empty slots have length 1. */
function pairTensors(
  examples: readonly number[],
  pair: (example: number) => TokenizedPair,
  reference: Float32Array,
  slots: number,
): [tf.Tensor1D, tf.Tensor1D] {
  const sums = new Float32Array(2 * slots);
  const lengths = new Float32Array(2 * slots).fill(1);
  examples.forEach((example, slot) => {
    const { chosen, rejected } = pair(example);
    sums.set(reference.subarray(2 * example, 2 * example + 2), 2 * slot);
    lengths.set([chosen.completionIds.length, rejected.completionIds.length], 2 * slot);
  });
  return [tf.tensor1d(sums), tf.tensor1d(lengths)];
}

/** TRL's figures. The reward of a completion is β·Δ; a pair counts as right when chosen has strictly more. */
function pairMetrics(
  microBatches: readonly { examples: readonly number[]; sequences: Float32Array }[],
  reference: Float32Array,
  beta: number,
): Metrics {
  const rows = microBatches.flatMap(({ examples, sequences }) =>
    examples.map((example, slot) => {
      const [chosen, rejected] = [sequences[2 * slot] as number, sequences[2 * slot + 1] as number];
      const chosenReward = beta * (chosen - (reference[2 * example] as number));
      const rejectedReward = beta * (rejected - (reference[2 * example + 1] as number));
      return { chosen, rejected, chosenReward, rejectedReward };
    }),
  );
  return {
    [METRICS.rewardsChosen]: mean(rows.map(({ chosenReward }) => chosenReward)),
    [METRICS.rewardsRejected]: mean(rows.map(({ rejectedReward }) => rejectedReward)),
    [METRICS.rewardsMargins]: mean(rows.map(({ chosenReward, rejectedReward }) => chosenReward - rejectedReward)),
    [METRICS.rewardsAccuracies]: mean(
      rows.map(({ chosenReward, rejectedReward }) => (chosenReward > rejectedReward ? 1 : 0)),
    ),
    [METRICS.logpsChosen]: mean(rows.map(({ chosen }) => chosen)),
    [METRICS.logpsRejected]: mean(rows.map(({ rejected }) => rejected)),
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
