import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { SftConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { fillRows, splitIntoMicroBatches } from "../data/batch-schedule";
import { sequenceLength, type TokenizedDemonstration } from "../data/tokenize-dataset";
import { callOnce } from "../engine/compile-named";
import { sftLoss } from "../losses/sft";
import type { Draws } from "./dropout-seeds";
import { conversations, demonstrations } from "./example-kinds";
import { forwardFunction } from "./forward-function";
import { gradientFunction } from "./gradient-function";
import {
  completionLogProbs,
  type LearnedSequence,
  type PackedCompletions,
  packLearned,
  sequenceLogProbs,
  sumBySequence,
} from "./pack-completions";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { type LoopMethod, trainingLoop } from "./training-loop";

/**
 * Supervised fine-tuning (Ouyang et al. 2022, arXiv 2203.02155, section 3.5): learn to write the demonstrations.
 *
 * 1. Read the demonstrations; load the policy.
 * 2. Step by step, make their completions likelier. The loss is the mean over the target tokens of the whole batch, so
 * that a long demonstration counts for as much as its tokens, and the size of micro-batches changes nothing.
 */
export async function* trainSft(run: RecipeRun<"sft">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Read the demonstrations and load the policy.
  const everyTurn = run.config.lossOn === "assistantTurns";
  const prepared = yield* prepareRun(run, everyTurn ? conversations : demonstrations);
  const { config, model, example, held, tokensOf } = prepared;
  const slots = config.microBatchSize;
  const learned = (index: number) => learnedOf(example(index), config);
  const targetCount = (examples: readonly number[]) => {
    const spans = examples.flatMap((index) => learned(index).learned);
    return spans.reduce((sum, { start, end }) => sum + end - start, 0);
  };
  const pack = (rows: readonly (readonly number[])[]) =>
    packLearned(
      rows.map((row) => row.map(learned)),
      slots,
    );

  // 2. Minimise the loss.
  type Inputs = PackedCompletions & { targetCount: tf.Scalar } & Draws;
  const objective = gradientFunction(run.scope, "sft-gradients", model.trainable, (inputs: Inputs) => {
    const { logProbs, membership } = completionLogProbs(model, inputs, config);
    const isTarget: tf.Tensor1D = tf.sum(membership, 0); // [targets]: 0 for filling
    const loss = sftLoss(logProbs, isTarget, inputs.targetCount);
    return { loss, sequences: sumBySequence(logProbs, membership) };
  });
  const gradients: LoopMethod["gradients"] = (_, batch, rows, draws) =>
    callOnce(objective, { ...pack(rows), targetCount: tf.scalar(targetCount(batch)), ...draws });
  /**
   * Lets short examples share rows if the run asks for it; a micro-batch has as many rows as it would have examples.
   */
  const layOut: LoopMethod["layOut"] = (batch) => {
    const rows = fillRows(batch, tokensOf, config.packing ? config.packingLength : 0);
    const length = (row: number) => (rows[row] as number[]).reduce((sum, index) => sum + tokensOf(index), 0);
    const microBatches = splitIntoMicroBatches([...rows.keys()], length, slots);
    return microBatches.map((some) => some.map((row) => rows[row] as number[]));
  };

  const logProbs = forwardFunction(
    run,
    "sft-log-probs",
    (packed: PackedCompletions) => sequenceLogProbs(model, packed),
    {
      ...prepared,
      pack: (examples) => pack(examples.map((index) => [index])),
      valuesPerExample: 1,
    },
  );
  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const sums = yield* logProbs(held, "validating", "Validating");
    return { [METRICS.evalLoss]: -sums.reduce((total, sum) => total + sum, 0) / targetCount(held) };
  }

  const step = yield* trainingLoop({ layOut, gradients, metrics: () => ({}), evaluate }, prepared, run.signal);
  return { policy: prepared.policy, step };
}

/** A text's first token follows nothing, so it is never a target. */
function learnedOf({ sequence, turns }: TokenizedDemonstration, { lossOn }: SftConfig): LearnedSequence {
  const { promptIds, completionIds } = sequence;
  const spans = lossOn === "everything" ? [{ start: 1, end: sequenceLength(sequence) }] : turns;
  return {
    ids: [...promptIds, ...completionIds],
    learned: spans.map(({ start, end }) => ({ start: Math.max(1, start), end })),
  };
}
