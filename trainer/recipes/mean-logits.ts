import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { CausalLanguageModel } from "../models/types";
import type { Draws } from "./dropout-seeds";
import { completionLogProbs, type ForwardMemory, type PackedCompletions, sumBySequence } from "./pack-completions";
import type { RunScope } from "./run-scope";

/** Values of each sequence, summed over its completion's tokens. Both [sequences]. */
export type MeasuredSequences = {
  /** Log-probs, nats. */
  sums: tf.Tensor1D;
  /** Means of the logits over the vocabulary. */
  logits: tf.Tensor1D;
};

/**
 * Computes `sequenceLogProbs`, and the means of logits from which TRL's `logits/chosen` and `logits/rejected` are
 * computed. The mean of a row of logits is linear in its hidden state, mean_v(h·E_v) = h·mean_v(E_v), so that the
 * figure needs no logits, which the loss head never holds. No gradient flows through it.
 */
export function sequenceMeasures(
  scope: RunScope,
  model: CausalLanguageModel,
): (packed: PackedCompletions & Draws, memory: ForwardMemory) => MeasuredSequences {
  // A head that does not train is read once: a head of 49,152 tokens takes about as long to read as ten tokens to
  // train.
  const frozen = model.headTrains ? null : scope.own(tf.tidy(() => model.headMean()));
  return (packed, memory) => {
    const { logProbs, membership, hidden } = completionLogProbs(model, packed, memory);
    const mean: tf.Tensor2D = tf.expandDims(frozen ?? model.headMean(), 1); // [hidden, 1]
    const logits: tf.Tensor1D = tf.squeeze(tf.matMul(hidden, mean), [1]); // [targets]
    return { sums: sumBySequence(logProbs, membership), logits: sumBySequence(logits, membership) };
  };
}

/**
 * Joins log-probs and logits in one vector, example by example: first its log-probs, then its logits.
 *
 * @param width sequences of an example
 */
export function besideLogProbs({ sums, logits }: MeasuredSequences, width: number): tf.Tensor1D {
  const columns = [sums, logits].map((values) => tf.reshape(values, [-1, width]));
  return tf.reshape(tf.concat(columns, 1), [-1]);
}

/**
 * TRL's figures: means over all tokens of chosen, and of rejected completions. Without logits or tokens there are no
 * figures.
 */
export function logitFigures(
  completions: readonly { logits: number | undefined; tokens: number; isChosen: boolean }[],
): Metrics {
  const figures: Metrics = {};
  for (const [name, isChosen] of [
    [METRICS.logitsChosen, true],
    [METRICS.logitsRejected, false],
  ] as const) {
    const some = completions.filter(
      (completion) => completion.isChosen === isChosen && completion.logits !== undefined,
    );
    const tokens = some.reduce((sum, completion) => sum + completion.tokens, 0);
    if (tokens > 0) figures[name] = some.reduce((sum, { logits = 0 }) => sum + logits, 0) / tokens;
  }
  return figures;
}
