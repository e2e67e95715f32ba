import type * as tf from "@tensorflow/tfjs";
import { splitIntoMicroBatches } from "../../data/batch-schedule";
import { callOnce, compileNamed } from "../../engine/compile-named";
import { type PackedCompletions, packSequences } from "../pack-completions";
import type { RunScope } from "../run-scope";
import { breathe } from "../run-stopped";
import type { Sample } from "./rollout";

/** The tokens that each target was sampled from, if top-p is below 1: [targets, widest] int32, filled up with −1. */
export type Within = { nuclei?: tf.Tensor2D };

/** Gives the nuclei of a micro-batch of these completions, with room for so many targets; nothing if top-p is 1. */
export type NucleiOf = (completions: readonly number[], size: number) => Within;

/** A forward pass that gives a figure for every token of completions: one array a completion. */
export type TokenForward = (
  samples: readonly Sample[],
  signal: AbortSignal,
  more?: NucleiOf,
) => Promise<Float32Array[]>;

/**
 * Makes a forward pass over completions, micro-batch by micro-batch, as one compiled function.
 *
 * @param forward takes a packed micro-batch, and gives [targets]
 */
export function tokenForward(
  scope: RunScope,
  name: string,
  forward: (packed: PackedCompletions & Within) => tf.Tensor1D,
  microBatchSize: number,
): TokenForward {
  const compiled = scope.own(compileNamed(name, (all: PackedCompletions & Within) => ({ values: forward(all) })));
  return async (samples, signal, more) => {
    const rows: Float32Array[] = [];
    const lengthOf = (index: number) => totalLength(samples[index] as Sample);
    const all = samples.map((_, index) => index);
    for (const indices of splitIntoMicroBatches(all, lengthOf, microBatchSize)) {
      await breathe(signal);
      const some = indices.map((index) => samples[index] as Sample);
      const packed = packSamples(some, microBatchSize);
      const { values } = callOnce(compiled, { ...packed, ...more?.(indices, packed.targets.size) });
      const data = values.dataSync();
      let start = 0;
      indices.forEach((index, place) => {
        const { length } = (some[place] as Sample).ids;
        rows[index] = Float32Array.from(data.subarray(start, start + length));
        start += length;
      });
      values.dispose();
    }
    return rows;
  };
}

/** Packs completions into a micro-batch; their tokens are its targets, one completion after the other. */
export function packSamples(samples: readonly Sample[], slots: number): PackedCompletions {
  return packSequences(
    samples.map(({ prompt, ids }) => ({ promptIds: prompt.ids, completionIds: ids })),
    slots,
  );
}

export function totalLength({ prompt, ids }: Sample): number {
  return prompt.ids.length + ids.length;
}
