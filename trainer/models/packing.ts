import * as tf from "@tensorflow/tfjs";
import { fusedOps } from "../engine/fused-ops";
import type { PackedTensors } from "./types";

/**
 * Host-side layout of a batch. Linear layers see tokens without padding ([tokens, hidden]); attention sees
 * [rows, heads, time, headDim]. Sizes are rounded up to buckets so that few shapes occur and compiled steps are reused.
 */
export interface PackRow {
  ids: readonly number[];
  /** Tree mask: 0 (default) is seen by every later token of the row, k > 0 only by later tokens of branch k. */
  segments?: readonly number[];
  /** Positions in the sequence; the default is 0, 1, 2 … */
  positions?: readonly number[];
}

export interface PackedBatch {
  rows: number;
  time: number;
  tokens: number;
  /** The number of tokens that are not padding. */
  realTokens: number;
  ids: Int32Array;
  positions: Int32Array;
  slotOfToken: Int32Array;
  tokenOfSlot: Int32Array;
  segments: Int32Array;
  /** Index of each row's first token in `ids`; token t of row r is `offsets[r] + t`. */
  offsets: number[];
  /** The number of tokens of each row. */
  lengths: number[];
}

export interface PackOptions {
  /**
   * The end of time at which rows are aligned: generation prefills with "end", so that all rows go on at one column.
   */
  align?: "start" | "end";
  /**
   * The least number of rows; missing rows are filled with empty ones, so that a short last batch keeps the shape of
   * the others.
   */
  rows?: number;
  /** Uses exact sizes instead of buckets (in tests). */
  exact?: boolean;
}

/**
 * Rounds up to a multiple of 1 / `parts` of the next lower power of two (at least `step`), so at most that share is
 * waste. Every combination of sizes is one more recording of a step, so sizes that cost little come in few parts.
 */
export function bucketSize(size: number, step: number, parts: 1 | 2 | 4 | 8 = 8): number {
  const part = 2 ** Math.floor(Math.log2(Math.max(1, size))) / parts;
  const unit = Math.max(step, Math.ceil(part));
  return Math.max(1, Math.ceil(size / unit)) * unit;
}

/** Lays rows out as one packed batch. One spare token and one spare slot are always there for padding to point at. */
export function packRows(packRows: readonly PackRow[], options: PackOptions = {}): PackedBatch {
  const { align = "start", exact = false } = options;
  const rows = Math.max(packRows.length, options.rows ?? 0);
  const realTokens = packRows.reduce((sum, row) => sum + row.ids.length, 0);
  const longest = packRows.reduce((most, row) => Math.max(most, row.ids.length), 0);
  // Fused attention passes over free slots at no cost. Where generation goes on at the rows' end the slots belong to
  // the cache, and do cost.
  const costsNothing = align === "start" && fusedOps() !== null;
  const time = exact ? longest + 1 : bucketSize(longest + 1, 32, costsNothing ? 1 : 4);
  const tokens = exact ? realTokens + 1 : bucketSize(realTokens + 1, 32);

  const ids = new Int32Array(tokens);
  const positions = new Int32Array(tokens);
  const slotOfToken = new Int32Array(tokens).fill(-1);
  const tokenOfSlot = new Int32Array(rows * time).fill(tokens - 1);
  const segments = new Int32Array(rows * time).fill(-1);
  const offsets: number[] = [];
  const lengths = packRows.map(({ ids }) => ids.length);

  let token = 0;
  packRows.forEach((row, r) => {
    offsets.push(token);
    const start = r * time + (align === "end" ? time - row.ids.length : 0);
    row.ids.forEach((id, t) => {
      ids[token] = id;
      positions[token] = row.positions?.[t] ?? t;
      slotOfToken[token] = start + t;
      tokenOfSlot[start + t] = token;
      segments[start + t] = row.segments?.[t] ?? 0;
      token++;
    });
  });
  const free = segments.indexOf(-1);
  slotOfToken.fill(free, realTokens);
  return { rows, time, tokens, realTokens, ids, positions, slotOfToken, tokenOfSlot, segments, offsets, lengths };
}

/** Uploads a batch. The caller disposes the tensors (`tf.dispose(packed)`). */
export function toPackedTensors(batch: PackedBatch): PackedTensors {
  return {
    ids: tf.tensor1d(batch.ids, "int32"),
    positions: tf.tensor1d(batch.positions, "int32"),
    slotOfToken: tf.tensor1d(batch.slotOfToken, "int32"),
    tokenOfSlot: tf.tensor1d(batch.tokenOfSlot, "int32"),
    segments: tf.tensor2d(batch.segments, [batch.rows, batch.time], "int32"),
  };
}

/** The tensors as the argument list of a compiled function; `packedTensorsFrom` is the inverse. */
export function packedTensorList(packed: PackedTensors): tf.Tensor[] {
  return [packed.ids, packed.positions, packed.slotOfToken, packed.tokenOfSlot, packed.segments];
}

export const packedTensorCount = 5;

export function packedTensorsFrom(list: readonly tf.Tensor[]): PackedTensors {
  const [ids, positions, slotOfToken, tokenOfSlot, segments] = list;
  return {
    ids: ids as tf.Tensor1D,
    positions: positions as tf.Tensor1D,
    slotOfToken: slotOfToken as tf.Tensor1D,
    tokenOfSlot: tokenOfSlot as tf.Tensor1D,
    segments: segments as tf.Tensor2D,
  };
}
