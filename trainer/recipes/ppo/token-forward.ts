import type * as tf from "@tensorflow/tfjs";
import { splitIntoMicroBatches } from "../../data/batch-schedule";
import { compile } from "../../engine/compile";
import { packedTensorCount } from "../../models/packing";
import { callOnce } from "../gradient-function";
import { packSequences } from "../pack-completions";
import type { RunScope } from "../run-scope";
import { breathe } from "../run-stopped";
import type { Sample } from "./rollout";

/** A figure of every token of completions: one array a completion. */
export type TokenForward = (
  samples: readonly Sample[],
  signal: AbortSignal,
  /** Further arguments of a micro-batch of these completions, with room for so many targets. */
  more?: (indices: readonly number[], size: number) => tf.Tensor[],
) => Promise<Float32Array[]>;

/**
 * A forward pass over completions, micro-batch by micro-batch, as one compiled function.
 *
 * @param forward takes a packed micro-batch and gives [targets]
 */
export function tokenForward(
  scope: RunScope,
  name: string,
  forward: (packed: readonly tf.Tensor[]) => tf.Tensor1D,
  microBatchSize: number,
): TokenForward {
  const compiled = scope.own(compile(name, (...packed) => [forward(packed)]));
  return async (samples, signal, more) => {
    const rows: Float32Array[] = [];
    const lengthOf = (index: number) => totalLength(samples[index] as Sample);
    const all = samples.map((_, index) => index);
    for (const indices of splitIntoMicroBatches(all, lengthOf, microBatchSize)) {
      await breathe(signal);
      const some = indices.map((index) => samples[index] as Sample);
      const packed = packSamples(some, microBatchSize);
      const args = [...packed, ...(more?.(indices, targetCount(packed)) ?? [])];
      const [result] = callOnce((all) => compiled(...all), args) as [tf.Tensor];
      const data = result.dataSync() as Float32Array;
      let start = 0;
      indices.forEach((index, place) => {
        const { length } = (some[place] as Sample).ids;
        rows[index] = data.slice(start, start + length);
        start += length;
      });
      result.dispose();
    }
    return rows;
  };
}

/** Completions as a packed micro-batch; their tokens are its targets, one completion after the other. */
export function packSamples(samples: readonly Sample[], slots: number): tf.Tensor[] {
  return packSequences(
    samples.map(({ prompt, ids }) => ({ promptIds: prompt.ids, completionIds: ids })),
    slots,
  );
}

/** Targets that a packed micro-batch has room for, filling included. */
export function targetCount(packed: readonly tf.Tensor[]): number {
  return (packed[packedTensorCount + 1] as tf.Tensor).size;
}

export function totalLength({ prompt, ids }: Sample): number {
  return prompt.ids.length + ids.length;
}
