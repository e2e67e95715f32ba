import * as tf from "@tensorflow/tfjs";
import { type Sequence, sameIds, type TokenizedPair } from "../data/tokenize-dataset";
import {
  type CompletionGroup,
  type PackedTargets,
  packCompletions,
  packTargets,
  type Target,
  toTargetTensors,
} from "../models/packed-targets";
import { type PackedBatch, packRows, toPackedTensors } from "../models/packing";
import type { CausalLanguageModel, PackedTensors } from "../models/types";
import type { TokenSpan } from "../tokenizer/tokenize-example";
import type { Draws } from "./dropout-seeds";

/** A micro-batch of texts, with the places of the tokens that the method reads. */
export type PackedCompletions = Pick<PackedTensors, keyof PackedTensors> & {
  /** [targets] int32: the tokens before the targets, where their log-probs are read. */
  at: tf.Tensor1D;
  /** [targets] int32: token ids. */
  targets: tf.Tensor1D;
  /** [sequences, targets]: 1 if a target belongs to a sequence; 0 everywhere for filling. */
  membership: tf.Tensor2D;
};

/**
 * Packs a micro-batch of pairs into named tensors of a compiled function. Chosen and rejected share their prompt's
 * tokens if the tokenizer gave both equal ones; sequence 2i is the chosen and 2i + 1 the rejected completion of pair i.
 *
 * @param slots pairs that there is room for, so that a short last micro-batch keeps the shape of the others
 */
export function packPairs(pairs: readonly TokenizedPair[], slots: number): PackedCompletions {
  return packGroups(pairs.flatMap(groupsOf), { rows: slots, sequences: 2 * slots });
}

/** Packs a micro-batch of sequences that share nothing; sequence i is example i. */
export function packSequences(sequences: readonly Sequence[], slots: number): PackedCompletions {
  return packGroups(sequences.map(alone), { rows: slots, sequences: slots });
}

/** A whole conversation and which of its tokens are learned. */
export type LearnedSequence = { ids: readonly number[]; learned: readonly TokenSpan[] };

/**
 * Packs rows of several sequences into named tensors of a compiled function. Each sequence has positions and a segment
 * of its own, so that none sees another: the results for it are those that it would have alone. A row counts as one
 * sequence.
 */
export function packLearned(rows: readonly (readonly LearnedSequence[])[], slots: number): PackedCompletions {
  const targets: Target[] = [];
  const packed = rows.map((sequences, row) => {
    let before = 0;
    const segments = sequences.map(({ ids, learned }, index) => {
      for (const { start, end } of learned) {
        for (let t = Math.max(1, start); t < end; t++) {
          targets.push({ row, index: before + t - 1, target: ids[t] as number, sequence: row });
        }
      }
      before += ids.length;
      return new Array<number>(ids.length).fill(sequences.length === 1 ? 0 : index + 1);
    });
    return {
      ids: sequences.flatMap(({ ids }) => ids),
      segments: segments.flat(),
      positions: sequences.flatMap(({ ids }) => ids.map((_, t) => t)),
    };
  });
  const batch = packRows(packed, { rows: slots });
  return tensorsOf(batch, packTargets(batch, targets, slots));
}

function groupsOf({ chosen, rejected }: TokenizedPair): CompletionGroup[] {
  return sameIds(chosen.promptIds, rejected.promptIds)
    ? [{ promptIds: chosen.promptIds, completions: [chosen.completionIds, rejected.completionIds] }]
    : [alone(chosen), alone(rejected)];
}

function alone({ promptIds, completionIds }: Sequence): CompletionGroup {
  return { promptIds, completions: [completionIds] };
}

function packGroups(groups: CompletionGroup[], room: { rows: number; sequences: number }): PackedCompletions {
  const { batch, targets } = packCompletions(groups, room);
  return tensorsOf(batch, targets);
}

function tensorsOf(batch: PackedBatch, packedTargets: PackedTargets): PackedCompletions {
  const { positions, targets, membership } = toTargetTensors(packedTargets);
  return { ...toPackedTensors(batch), at: positions, targets, membership };
}

/**
 * Whether the backward pass computes layers again instead of keeping their activations, and the interval of these
 * layers.
 */
export type ForwardMemory = { gradientCheckpointing?: boolean; recomputeEvery?: number | undefined };

/** The interval of the layers that are computed again, as the model takes it. */
export const recomputedLayers = ({ gradientCheckpointing = false, recomputeEvery = 1 }: ForwardMemory) =>
  gradientCheckpointing ? recomputeEvery : undefined;

/**
 * Gives log-probs of the completion tokens [targets], the sequences that they belong to [sequences, targets], and the
 * hidden states that they are computed from [targets, hidden]. A pass that only measures has neither `dropoutSeed` nor
 * `memory`.
 */
export function completionLogProbs(
  model: CausalLanguageModel,
  packed: PackedCompletions & Draws,
  memory: ForwardMemory = {},
): { logProbs: tf.Tensor1D; membership: tf.Tensor2D; hidden: tf.Tensor2D } {
  const { at, targets, membership, dropoutSeed } = packed;
  const hidden = model.hiddenStates(packed, {
    adapter: true,
    recomputeEvery: recomputedLayers(memory),
    dropoutSeed,
    at,
  });
  return { logProbs: model.targetLogProbs(hidden, targets), membership, hidden };
}

/** Log-probs summed over each sequence's completion tokens: [sequences]. */
export function sequenceLogProbs(model: CausalLanguageModel, packed: PackedCompletions): tf.Tensor1D {
  const { logProbs, membership } = completionLogProbs(model, packed);
  return sumBySequence(logProbs, membership);
}

/** [targets] and [sequences, targets] → [sequences] */
export function sumBySequence(logProbs: tf.Tensor1D, membership: tf.Tensor2D): tf.Tensor1D {
  return tf.squeeze(tf.matMul(membership, tf.expandDims(logProbs, 1)), [1]);
}

/** Splits per-sequence values into those of chosen and rejected completions: [2 · pairs] → two of [pairs]. */
export function chosenAndRejected(sequences: tf.Tensor1D): [chosen: tf.Tensor1D, rejected: tf.Tensor1D] {
  const { chosen, rejected } = columns(sequences, ["chosen", "rejected"]);
  return [chosen, rejected];
}

/** Splits values that lie example by example into a vector for each of their names: [examples · names] → [examples]. */
export function columns<Name extends string>(values: tf.Tensor1D, names: readonly Name[]): Record<Name, tf.Tensor1D> {
  const width = names.length;
  const split = tf.split(tf.reshape(values, [-1, width]), width, 1);
  const named = split.map((column, index) => [names[index], tf.reshape(column, [-1])]);
  return Object.fromEntries(named) as Record<Name, tf.Tensor1D>;
}

/** Tokens of each completion, [2 · slots]; 1 in empty slots, so that a mean never divides by zero. */
export function pairLengths(pairs: readonly TokenizedPair[], slots: number): tf.Tensor1D {
  const lengths = new Float32Array(2 * slots).fill(1);
  lengths.set(pairs.flatMap(({ chosen, rejected }) => [chosen.completionIds.length, rejected.completionIds.length]));
  return tf.tensor1d(lengths);
}

/** Tokens of all chosen completions: scalar. */
export function chosenTokens(pairs: readonly TokenizedPair[]): tf.Scalar {
  return tf.scalar(pairs.reduce((sum, { chosen }) => sum + chosen.completionIds.length, 0));
}

/**
 * Packs pairs whose prompt's tokens are targets too (ORPO's likelihood): sequence 3i is the prompt of pair i without
 * its first token, 3i + 1 its chosen and 3i + 2 its rejected completion.
 */
export function packWholePairs(pairs: readonly TokenizedPair[], slots: number): PackedCompletions {
  const { batch } = packCompletions(pairs.flatMap(groupsOf), { rows: slots });
  const targets: Target[] = [];
  let row = 0;
  pairs.forEach(({ chosen, rejected }, pair) => {
    const isShared = sameIds(chosen.promptIds, rejected.promptIds);
    const rejectedRow = isShared ? row : row + 1;
    const rejectedStart = rejected.promptIds.length + (isShared ? chosen.completionIds.length : 0);
    chosen.promptIds.slice(1).forEach((target, index) => {
      targets.push({ row, index, target, sequence: 3 * pair });
    });
    chosen.completionIds.forEach((target, t) => {
      targets.push({ row, index: chosen.promptIds.length + t - 1, target, sequence: 3 * pair + 1 });
    });
    rejected.completionIds.forEach((target, t) => {
      const index = t === 0 ? rejected.promptIds.length - 1 : rejectedStart + t - 1;
      targets.push({ row: rejectedRow, index, target, sequence: 3 * pair + 2 });
    });
    row = rejectedRow + 1;
  });
  return tensorsOf(batch, packTargets(batch, targets, 3 * slots));
}
