import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";

/** What a micro-batch's forward pass gave: `values` holds the same number for each example, in their order. */
export type MicroBatchValues = { examples: readonly number[]; values: Float32Array };

/**
 * TRL's figures of a step over pairs. A pair counts as right when chosen has strictly the higher reward.
 *
 * @param read rewards and log-probs of chosen and rejected, from the pair's own values
 */
export function pairFigures(
  microBatches: readonly MicroBatchValues[],
  read: (example: number, values: Float32Array) => { rewards: [number, number]; logps: [number, number] },
): Metrics {
  const rows = eachExample(microBatches, read);
  return {
    [METRICS.rewardsChosen]: mean(rows.map(({ rewards }) => rewards[0])),
    [METRICS.rewardsRejected]: mean(rows.map(({ rewards }) => rewards[1])),
    [METRICS.rewardsMargins]: mean(rows.map(({ rewards }) => rewards[0] - rewards[1])),
    [METRICS.rewardsAccuracies]: mean(rows.map(({ rewards }) => (rewards[0] > rewards[1] ? 1 : 0))),
    [METRICS.logpsChosen]: mean(rows.map(({ logps }) => logps[0])),
    [METRICS.logpsRejected]: mean(rows.map(({ logps }) => logps[1])),
  };
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

/** Each example counts for one part of its whole batch, and an empty slot for nothing: [slots]. */
export function weightTensor(examples: number, batch: number, slots: number): tf.Tensor1D {
  return tf.tensor1d(new Float32Array(slots).fill(1 / batch, 0, examples));
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  return sum / values.length;
}
