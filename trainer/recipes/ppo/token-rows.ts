import * as tf from "@tensorflow/tfjs";

/** One number a token, one array a completion. */
export type TokenRows = readonly ArrayLike<number>[];

/** Completions as rows, tokens first and padding (0) last: [completions, longest]. */
export function padded(rows: TokenRows, time: number): tf.Tensor2D {
  const data = new Float32Array(rows.length * time);
  rows.forEach((row, index) => {
    data.set(Array.from(row), index * time);
  });
  return tf.tensor2d(data, [rows.length, time]);
}

/** 1 at real tokens: [completions, time] */
export function maskOf(lengths: readonly number[], time: number): tf.Tensor2D {
  const data = new Float32Array(lengths.length * time);
  lengths.forEach((length, index) => {
    data.fill(1, index * time, index * time + length);
  });
  return tf.tensor2d(data, [lengths.length, time]);
}

/** Takes the padding off again, the inverse of `padded`. */
export function unpadded(values: tf.Tensor2D, lengths: readonly number[]): Float32Array[] {
  const data = values.dataSync() as Float32Array;
  const time = values.shape[1];
  return lengths.map((length, index) => data.slice(index * time, index * time + length));
}

/** The tokens of some completions one after the other, filled up with 0: [size] */
export function flat(rows: TokenRows, indices: readonly number[], size: number): tf.Tensor1D {
  const data = new Float32Array(size);
  let offset = 0;
  for (const index of indices) {
    const row = rows[index] as ArrayLike<number>;
    data.set(Array.from(row), offset);
    offset += row.length;
  }
  return tf.tensor1d(data);
}

/** Weights by which every real token counts for one part of its minibatch, and filling for nothing: [size] */
export function tokenWeights(
  lengths: readonly number[],
  indices: readonly number[],
  batch: readonly number[],
  size: number,
) {
  const count = (some: readonly number[]) => some.reduce((sum, index) => sum + (lengths[index] as number), 0);
  return tf.tensor1d(new Float32Array(size).fill(1 / count(batch), 0, count(indices)));
}
