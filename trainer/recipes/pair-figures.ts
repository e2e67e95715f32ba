import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import { sequenceKl } from "../losses/sequence-kl";
import { logitFigures } from "./mean-logits";

/** The values that a micro-batch's forward pass gave: `values` holds equally many for each example, in their order. */
export type MicroBatchValues = { examples: readonly number[]; values: Float32Array };

/** The values of one pair, chosen first. */
export type PairValues = {
  rewards: [number, number];
  /** Log-probs as the method counts them: sums over tokens, or means. */
  logps: [number, number];
  /** Number of tokens of both completions. */
  tokens: [number, number];
  /** Log-probs as sums, given if `logps` are means. */
  sums?: [number, number];
  /** Δ against the reference, for methods with one. */
  logRatios?: [number, number];
  /** The most by which rounding may change the difference of both log-ratios, nats; for methods with a reference. */
  rounding?: number;
  /** Mean logits, summed over tokens; absent if they were not measured. */
  logits?: readonly number[];
};

/**
 * Computes TRL's figures of a step over pairs, and how far the policy has moved from its reference. A pair counts as
 * right when chosen has strictly the higher reward; if the difference may be rounding alone the two tie, as they do
 * before the first step, when policy and reference are one.
 *
 * @param read gives a pair's values from its own numbers
 * @param options.nllCoefficient adds the figure of the likelihood of chosen, if that is part of the loss
 */
export function pairFigures(
  microBatches: readonly MicroBatchValues[],
  read: (example: number, values: Float32Array) => PairValues,
  { nllCoefficient = 0 }: { nllCoefficient?: number } = {},
): Metrics {
  const rows = eachExample(microBatches, read);
  const completions = rows.flatMap(({ logRatios, tokens }) =>
    (logRatios ?? []).map((logRatio, side) => ({ logRatio, tokens: tokens[side] as number, isChosen: side === 0 })),
  );
  const logits = rows.flatMap(({ logits = [], tokens }) =>
    tokens.map((count, side) => ({ logits: logits[side], tokens: count, isChosen: side === 0 })),
  );
  const chosen = rows.map(({ logps, sums = logps, tokens }) => ({ logp: sums[0], tokens: tokens[0] }));
  return {
    [METRICS.rewardsChosen]: mean(rows.map(({ rewards }) => rewards[0])),
    [METRICS.rewardsRejected]: mean(rows.map(({ rewards }) => rewards[1])),
    [METRICS.rewardsMargins]: mean(rows.map(({ rewards }) => rewards[0] - rewards[1])),
    [METRICS.rewardsAccuracies]: mean(rows.map((row) => (isRight(row) ? 1 : 0))),
    [METRICS.logpsChosen]: mean(rows.map(({ logps }) => logps[0])),
    [METRICS.logpsRejected]: mean(rows.map(({ logps }) => logps[1])),
    ...logitFigures(logits),
    ...(completions.length > 0 && driftFigures(completions)),
    ...(nllCoefficient > 0 && nllFigure(chosen)),
  };
}

function isRight({ rewards, logRatios, rounding = 0 }: PairValues): boolean {
  return logRatios ? logRatios[0] - logRatios[1] > rounding : rewards[0] > rewards[1];
}

/**
 * Computes how far the policy has moved from its reference on these completions.
 *
 * @param completions Δ = log π − log π_ref of each, summed over its tokens
 */
export function driftFigures(completions: readonly { logRatio: number; tokens: number; isChosen: boolean }[]): Metrics {
  const chosen = completions.filter(({ isChosen }) => isChosen);
  return {
    ...(chosen.length > 0 && { [METRICS.chosenDrift]: mean(chosen.map(({ logRatio }) => logRatio)) }),
    [METRICS.sequenceKl]: mean(completions.map(({ logRatio, tokens }) => sequenceKl(logRatio, tokens))),
  };
}

/** Minus the mean log-prob of a token of these completions: nats. */
export function nllFigure(completions: readonly { logp: number; tokens: number }[]): Metrics {
  const tokens = completions.reduce((sum, completion) => sum + completion.tokens, 0);
  if (tokens === 0) return {};
  return { [METRICS.nllLoss]: -completions.reduce((sum, { logp }) => sum + logp, 0) / tokens };
}

/** Calls `read` with each example and its own values. */
export function eachExample<Row>(
  microBatches: readonly MicroBatchValues[],
  read: (example: number, values: Float32Array) => Row,
): Row[] {
  return microBatches.flatMap(({ examples, values }) => {
    const width = values.length / examples.length;
    return examples.map((example, slot) => read(example, values.subarray(slot * width, (slot + 1) * width)));
  });
}

/** Weights by which each example counts for one part of its whole batch, and an empty slot for nothing: [slots]. */
export function weightTensor(examples: number, batch: number, slots: number): tf.Tensor1D {
  return tf.tensor1d(new Float32Array(slots).fill(1 / batch, 0, examples));
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  return sum / values.length;
}
