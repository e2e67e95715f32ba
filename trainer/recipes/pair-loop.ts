import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RunEvent } from "@/domain/runs/run-events";
import type { TokenizedPair } from "../data/tokenize-dataset";
import { callOnce, type TensorRecord } from "../engine/compile-named";
import type { CausalLanguageModel } from "../models/types";
import type { Draws } from "./dropout-seeds";
import { forwardFunction } from "./forward-function";
import { gradientFunction } from "./gradient-function";
import { besideLogProbs, sequenceMeasures } from "./mean-logits";
import { type ForwardMemory, type PackedCompletions, sequenceLogProbs } from "./pack-completions";
import { type MicroBatchValues, weightTensor } from "./pair-figures";
import type { RecipeRun } from "./recipe";
import type { LoopMethod } from "./training-loop";

/** The parts of a prepared run over pairs that the loop needs. */
type PairRun = {
  config: { microBatchSize: number } & ForwardMemory;
  model: CausalLanguageModel;
  example(index: number): TokenizedPair;
  tokensOf(index: number): number;
  held: readonly number[];
};

/** The way in which pairs are measured: by log-probs of their sequences, or by scores. Pairs go by their index. */
export type PairMeasure<Packed extends TensorRecord> = {
  /** The method's name, for messages of the compiler. */
  name: string;
  pack(pairs: readonly number[], slots: number): Packed;
  /**
   * Measures a micro-batch: a value of each sequence, [sequences], and the numbers that the figures are computed from,
   * [slots · values].
   */
  measure(packed: Packed & Draws): { values: tf.Tensor1D; sequences: tf.Tensor1D };
  /** Gives the values alone, for any number of pairs: [pairs · sequences of a pair]. */
  forward: ReturnType<typeof forwardFunction>;
};

/** The parts of a method's loss over pairs. */
export type PairMethod<Inputs extends TensorRecord> = {
  /**
   * Makes the loss's inputs besides the values: tensors with room for `slots` pairs. `batch` holds all of the step's
   * pairs, of which `pairs` are those of one micro-batch. The caller disposes them.
   */
  inputs(pairs: readonly number[], batch: readonly number[], slots: number): Inputs;
  /** A micro-batch's share of the loss. `weights`, [slots], is each pair's share of its batch, 0 for an empty slot. */
  loss(values: tf.Tensor1D, inputs: Inputs & { weights: tf.Tensor1D }): tf.Scalar;
  /** The loss of the validation pairs, if it differs from that of one micro-batch which holds them all. */
  validationLoss?(values: tf.Tensor1D, inputs: Inputs): number;
  /** Computes the figures of a step. */
  figures(microBatches: readonly MicroBatchValues[]): Metrics;
  /** Names the figures that say how many pairs are in the right order, and by how much. */
  order: { accuracy: keyof Metrics; margin: keyof Metrics };
  /** Computes figures of the validation pairs besides their loss and order. */
  validationFigures?(all: readonly MicroBatchValues[]): Metrics;
};

/** The order of chosen and rejected by the implicit rewards of a preference method. */
export const BY_IMPLICIT_REWARD = {
  accuracy: METRICS.rewardsAccuracies,
  margin: METRICS.rewardsMargins,
} as const;

/**
 * Computes log-probs of each sequence of a pair, and the mean logits that figures are made of.
 *
 * @param width sequences of a pair, as `pack` lays them out
 */
export function pairLogProbs(
  run: Pick<RecipeRun, "scope" | "signal">,
  prepared: PairRun,
  name: string,
  layout: { pack: (pairs: readonly TokenizedPair[], slots: number) => PackedCompletions; width: number },
): PairMeasure<PackedCompletions> {
  const { config, model, example } = prepared;
  const pack = (pairs: readonly number[], slots: number) => layout.pack(pairs.map(example), slots);
  const measured = sequenceMeasures(run.scope, model);
  return {
    name,
    pack,
    measure(packed) {
      const both = measured(packed, config);
      return { values: both.sums, sequences: besideLogProbs(both, layout.width) };
    },
    forward: forwardFunction(run, `${name}-log-probs`, (packed: PackedCompletions) => sequenceLogProbs(model, packed), {
      ...prepared,
      pack: (pairs) => pack(pairs, config.microBatchSize),
      valuesPerExample: layout.width,
    }),
  };
}

/** Does what every method over pairs does with its loss: gradients of a micro-batch, figures of a step, validation. */
export function pairLoop<Packed extends TensorRecord, Inputs extends TensorRecord>(
  run: Pick<RecipeRun, "scope">,
  { config, model, held }: PairRun,
  { name, pack, measure, forward }: PairMeasure<Packed>,
  { inputs, loss, validationLoss, figures, order, validationFigures }: PairMethod<Inputs>,
): Pick<LoopMethod, "gradients" | "metrics" | "evaluate"> {
  type All = Packed & Inputs & { weights: tf.Tensor1D } & Draws;
  const slots = config.microBatchSize;
  const objective = gradientFunction(run.scope, `${name}-gradients`, model.trainable, (all: All) => {
    const { values, sequences } = measure(all);
    return { loss: loss(values, all), sequences };
  });
  const lossOfAll = (values: Float32Array): number =>
    tf.tidy(() => {
      const [measured, ofPairs] = [tf.tensor1d(values), inputs(held, held, held.length)];
      if (validationLoss) return validationLoss(measured, ofPairs);
      const weights = weightTensor(held.length, held.length, held.length);
      return loss(measured, { ...ofPairs, weights }).dataSync()[0] as number;
    });
  return {
    gradients: (pairs, batch, _, draws) =>
      callOnce(objective, {
        ...pack(pairs, slots),
        ...inputs(pairs, batch, slots),
        weights: weightTensor(pairs.length, batch.length, slots),
        ...draws,
      }),
    metrics: figures,
    async *evaluate(): AsyncGenerator<RunEvent, Metrics> {
      const values = yield* forward(held, "validating", "Validating");
      const all = [{ examples: held, values }];
      const ofStep = figures(all);
      return {
        [METRICS.evalLoss]: lossOfAll(values),
        [METRICS.evalAccuracy]: ofStep[order.accuracy],
        [METRICS.evalMargin]: ofStep[order.margin],
        ...validationFigures?.(all),
      };
    },
  };
}
