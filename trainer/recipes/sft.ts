import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { SftConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { scheduleBatches } from "../data/batch-schedule";
import {
  type Sequence,
  sequenceLength,
  type TokenizedDemonstration,
  tokenizeDemonstrations,
} from "../data/tokenize-dataset";
import { compile } from "../engine/compile";
import { sftLoss } from "../losses/sft";
import { Checkpoints, fingerprintOf } from "./checkpoints";
import { callOnce, evaluateSequences } from "./evaluate-sequences";
import { gradientFunction } from "./gradient-function";
import { completionLogProbs, PACKED_ARGUMENTS, packSequences, sequenceLogProbs } from "./pack-completions";
import { loadPolicy, requireLanguageModel } from "./policy";
import { readRecords, tokenizeRecords } from "./read-examples";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { resolveRun } from "./resolve-run";
import { trainingLoop } from "./training-loop";

/**
 * Supervised fine-tuning (Ouyang et al. 2022, arXiv 2203.02155, section 3.5): learn to write the demonstrations.
 *
 * 1. Read the demonstrations; load the policy.
 * 2. Step by step, make their completions likelier. The loss is the mean over the target tokens of the whole batch, so
 *    that a long demonstration counts for as much as its tokens and micro-batches change nothing.
 */
export async function* trainSft(run: RecipeRun<"sft">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Data and policy.
  yield { type: "phase", phase: "reading", message: "Reading the demonstrations" };
  const records = await readRecords(run.config, "demonstration");
  const policy = yield* loadPolicy(run);
  requireLanguageModel(policy, run.config);
  const { model } = policy;
  const { train, validation, ledger } = tokenizeRecords(records, run.config, policy, tokenizeDemonstrations);
  const groupIds = train.map(({ groupId }) => groupId);
  const schedule = (config: SftConfig) => scheduleBatches(groupIds, config);
  const config = yield* resolveRun<SftConfig>(run, ledger, schedule);

  const examples = [...train, ...validation].map(({ sequence }) => targetsOf(sequence, config));
  const sequence = (example: number) => examples[example] as Sequence;
  const tokensOf = (example: number) => sequenceLength(sequence(example));
  const targetCount = (some: readonly number[]) =>
    some.reduce((sum, example) => sum + sequence(example).completionIds.length, 0);
  const slots = config.microBatchSize;

  // 2. The loss.
  const objective = gradientFunction(run.scope, "sft-gradients", model.trainable, (args) => {
    const { logProbs, membership } = completionLogProbs(model, args.slice(0, PACKED_ARGUMENTS));
    const isTarget = tf.sum(membership, 0) as tf.Tensor1D; // [targets]: 0 for filling
    const loss = sftLoss(logProbs, isTarget, args[PACKED_ARGUMENTS] as tf.Scalar);
    return { loss, sequences: tf.squeeze(tf.matMul(membership, tf.expandDims(logProbs, 1)), [1]) };
  });
  const gradients = (some: readonly number[], batch: readonly number[]) =>
    callOnce(objective, [...packSequences(some.map(sequence), slots), tf.scalar(targetCount(batch))]);

  // Validation: the same mean over the held-out demonstrations' target tokens.
  const held = validation.map((_, index) => train.length + index);
  const logProbs = run.scope.own(compile("sft-log-probs", (...packed) => [sequenceLogProbs(model, packed)]));
  const forward = (some: readonly number[]) =>
    callOnce(
      (args) => logProbs(...args)[0] as tf.Tensor,
      packSequences(
        some.map((index) => sequence(held[index] as number)),
        slots,
      ),
    );
  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const sums = yield* evaluateSequences(held.length, forward, {
      valuesPerExample: 1,
      microBatchSize: slots,
      lengthOf: (index) => tokensOf(held[index] as number),
      signal: run.signal,
      phase: "validating",
      message: "Validating",
    });
    return { [METRICS.evalLoss]: -sums.reduce((total, sum) => total + sum, 0) / targetCount(held) };
  }

  yield { type: "phase", phase: "training", message: "Training" };
  const fingerprint = fingerprintOf(
    config,
    examples.flatMap(({ promptIds, completionIds }) => [promptIds, completionIds]),
  );
  const step = yield* trainingLoop(
    { tokensOf, gradients, metrics: () => ({}), evaluate: held.length > 0 ? evaluate : null },
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

/** Without `completionOnlyLoss` every token but the first is a target. */
function targetsOf({ promptIds, completionIds }: TokenizedDemonstration["sequence"], config: SftConfig): Sequence {
  if (config.completionOnlyLoss) return { promptIds, completionIds };
  return { promptIds: promptIds.slice(0, 1), completionIds: [...promptIds.slice(1), ...completionIds] };
}
