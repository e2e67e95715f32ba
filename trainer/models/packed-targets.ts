import * as tf from "@tensorflow/tfjs";
import { bucketSize, type PackedBatch, type PackOptions, type PackRow, packRows } from "./packing";

/** One scored token: `target` must follow token `index` of row `row`; it counts towards `sequence`. */
export interface Target {
  row: number;
  index: number;
  target: number;
  sequence: number;
}

/** Which log-probabilities a loss reads, padded to a bucket. */
export interface PackedTargets {
  sequences: number;
  /** The number of targets that are not padding. */
  count: number;
  /** The number of targets of each sequence. */
  lengths: number[];
  /** [targets]: index into the packed tokens of the token before the target; padding reads the last token. */
  positions: Int32Array;
  /** [targets]: the token ids. */
  targets: Int32Array;
  /** [sequences, targets]: 1 where the target belongs to the sequence. `sums = membership · logProbs`. */
  membership: Float32Array;
}

export interface TargetTensors {
  positions: tf.Tensor1D;
  targets: tf.Tensor1D;
  /** [sequences, targets] */
  membership: tf.Tensor2D;
}

export function packTargets(
  batch: PackedBatch,
  list: readonly Target[],
  sequences: number,
  options: { exact?: boolean } = {},
): PackedTargets {
  const size = options.exact ? Math.max(1, list.length) : bucketSize(list.length, 32, 4);
  const positions = new Int32Array(size).fill(batch.tokens - 1);
  const targets = new Int32Array(size);
  const membership = new Float32Array(sequences * size);
  const lengths = new Array<number>(sequences).fill(0);
  list.forEach(({ row, index, target, sequence }, i) => {
    positions[i] = batch.offsets[row]! + index;
    targets[i] = target;
    membership[sequence * size + i] = 1;
    lengths[sequence]!++;
  });
  return { sequences, count: list.length, lengths, positions, targets, membership };
}

export function toTargetTensors(packed: PackedTargets): TargetTensors {
  return {
    positions: tf.tensor1d(packed.positions, "int32"),
    targets: tf.tensor1d(packed.targets, "int32"),
    membership: tf.tensor2d(packed.membership, [packed.sequences, packed.targets.length]),
  };
}

/** A prompt and the completions that share it (chosen and rejected; one for a demonstration). */
export interface CompletionGroup {
  promptIds: readonly number[];
  completions: readonly (readonly number[])[];
}

/**
 * Packs one row a group: the prompt once (segment 0), then each completion as a branch of its own that sees the prompt
 * and itself. Sequences are numbered group by group in the order of `completions`: group g, completion c of groups with
 * two each is sequence 2g + c.
 */
export function packCompletions(
  groups: readonly CompletionGroup[],
  options: PackOptions & { sequences?: number } = {},
): { batch: PackedBatch; targets: PackedTargets } {
  const rows: PackRow[] = [];
  const targets: Target[] = [];
  let sequence = 0;
  groups.forEach(({ promptIds, completions }, row) => {
    const ids = [...promptIds];
    const segments = promptIds.map(() => 0);
    const positions = promptIds.map((_, t) => t);
    completions.forEach((completion, branch) => {
      completion.forEach((id, t) => {
        const before = t === 0 ? promptIds.length - 1 : ids.length - 1;
        if (before >= 0) targets.push({ row, index: before, target: id, sequence });
        ids.push(id);
        segments.push(completions.length === 1 ? 0 : branch + 1);
        positions.push(promptIds.length + t);
      });
      sequence++;
    });
    rows.push({ ids, segments, positions });
  });
  const batch = packRows(rows, options);
  return { batch, targets: packTargets(batch, targets, Math.max(sequence, options.sequences ?? 0), options) };
}
