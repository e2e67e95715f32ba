import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RunEvent } from "@/domain/runs/run-events";
import type { Sequence } from "../data/tokenize-dataset";
import { sftLoss } from "../losses/sft";
import { demonstrations } from "./example-kinds";
import { forwardFunction } from "./forward-function";
import { callOnce, gradientFunction } from "./gradient-function";
import {
  completionLogProbs,
  PACKED_ARGUMENTS,
  packSequences,
  sequenceLogProbs,
  sumBySequence,
} from "./pack-completions";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { trainingLoop } from "./training-loop";

/**
 * Supervised fine-tuning (Ouyang et al. 2022, arXiv 2203.02155, section 3.5): learn to write the demonstrations.
 *
 * 1. Read the demonstrations; load the policy.
 * 2. Step by step, make their completions likelier. The loss is the mean over the target tokens of the whole batch, so
 *    that a long demonstration counts for as much as its tokens and micro-batches change nothing.
 */
export async function* trainSft(run: RecipeRun<"sft">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Demonstrations and policy.
  const prepared = yield* prepareRun(run, demonstrations);
  const { config, model, example, held } = prepared;
  const targets = (index: number) => targetsOf(example(index).sequence, config.completionOnlyLoss);
  const targetCount = (examples: readonly number[]) =>
    examples.reduce((sum, index) => sum + targets(index).completionIds.length, 0);
  const pack = (examples: readonly number[]) => packSequences(examples.map(targets), config.microBatchSize);

  // 2. The loss.
  const objective = gradientFunction(run.scope, "sft-gradients", model.trainable, (args) => {
    const { logProbs, membership } = completionLogProbs(model, args.slice(0, PACKED_ARGUMENTS), config);
    const isTarget = tf.sum(membership, 0) as tf.Tensor1D; // [targets]: 0 for filling
    const loss = sftLoss(logProbs, isTarget, args[PACKED_ARGUMENTS] as tf.Scalar);
    return { loss, sequences: sumBySequence(logProbs, membership) };
  });
  const gradients = (examples: readonly number[], batch: readonly number[]) =>
    callOnce(objective, [...pack(examples), tf.scalar(targetCount(batch))]);

  const logProbs = forwardFunction(run, "sft-log-probs", (packed) => sequenceLogProbs(model, packed), {
    ...prepared,
    pack,
    valuesPerExample: 1,
  });
  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const sums = yield* logProbs(held, "validating", "Validating");
    return { [METRICS.evalLoss]: -sums.reduce((total, sum) => total + sum, 0) / targetCount(held) };
  }

  const step = yield* trainingLoop({ gradients, metrics: () => ({}), evaluate }, prepared, run.signal);
  return { policy: prepared.policy, step };
}

/** Without `completionOnlyLoss` every token but the first is a target. */
function targetsOf({ promptIds, completionIds }: Sequence, completionOnlyLoss: boolean): Sequence {
  if (completionOnlyLoss) return { promptIds, completionIds };
  return { promptIds: promptIds.slice(0, 1), completionIds: [...promptIds.slice(1), ...completionIds] };
}
