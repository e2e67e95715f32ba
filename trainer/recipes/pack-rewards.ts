import * as tf from "@tensorflow/tfjs";
import { sameIds, type TokenizedPair } from "../data/tokenize-dataset";
import { type PackRow, packRows, toPackedTensors } from "../models/packing";
import type { CausalLanguageModel, PackedTensors } from "../models/types";
import type { Draws } from "./dropout-seeds";
import { type ForwardMemory, recomputedLayers } from "./pack-completions";

/** A micro-batch of texts, with the places at which their scores are read. */
export type PackedTexts = Pick<PackedTensors, keyof PackedTensors> & {
  /** [texts] int32: the last token of each. */
  at: tf.Tensor1D;
};

/**
 * Packs a micro-batch of pairs for a reward model: tokens and the place where each completion's score is read, its last
 * token. Chosen and rejected share their prompt's tokens; sequence 2i is the chosen, 2i + 1 the rejected completion of
 * pair i.
 *
 * @param slots pairs that there is room for; empty ones read a token of no meaning and must have weight 0
 */
export function packRewardPairs(pairs: readonly TokenizedPair[], slots: number): PackedTexts {
  const rows: PackRow[] = [];
  const last: { row: number; index: number }[] = [];
  for (const { chosen, rejected } of pairs) {
    const { promptIds } = chosen;
    if (!sameIds(promptIds, rejected.promptIds)) {
      for (const sequence of [chosen, rejected]) {
        const ids = [...sequence.promptIds, ...sequence.completionIds];
        last.push({ row: rows.length, index: ids.length - 1 });
        rows.push({ ids });
      }
      continue;
    }
    const branches = [chosen, rejected].map(({ completionIds }) => completionIds);
    last.push({ row: rows.length, index: promptIds.length + chosen.completionIds.length - 1 });
    const ids = [...promptIds, ...branches.flat()];
    last.push({ row: rows.length, index: ids.length - 1 });
    rows.push({
      ids,
      segments: [promptIds.map(() => 0), ...branches.map((branch, index) => branch.map(() => index + 1))].flat(),
      positions: [
        promptIds.map((_, t) => t),
        ...branches.map((branch) => branch.map((_, t) => promptIds.length + t)),
      ].flat(),
    });
  }
  const batch = packRows(rows, { rows: slots });
  const positions = new Int32Array(2 * slots).fill(batch.tokens - 1);
  last.forEach(({ row, index }, sequence) => {
    positions[sequence] = (batch.offsets[row] as number) + index;
  });
  return { ...toPackedTensors(batch), at: tf.tensor1d(positions, "int32") };
}

/** Scores of the completions: [2 · slots]. */
export function sequenceRewards(
  model: CausalLanguageModel,
  packed: PackedTexts & Draws,
  memory: ForwardMemory = {},
): tf.Tensor1D {
  const { at, dropoutSeed } = packed;
  const pass = { adapter: true, recomputeEvery: recomputedLayers(memory), dropoutSeed, at };
  return model.rewards(model.hiddenStates(packed, pass));
}
