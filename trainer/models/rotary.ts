import * as tf from "@tensorflow/tfjs";
import type { ModelConfig } from "./config";
import { attentionFactor, inverseFrequencies } from "./rope-scaling";

/** The factors of a rotation, made once a forward pass and used by every layer. */
export interface RotationTables {
  /** [tokens, (heads + 2·keyValueHeads)·headDim] */
  cosines: tf.Tensor2D;
  sines: tf.Tensor2D;
  /** [tokens·(heads + 2·keyValueHeads)·2]: each half head's partner. */
  swapped: tf.Tensor1D;
}

/** Cosines and sines of each token's angles, times the attention factor of YaRN: [tokens, headDim / 2]. */
export function createHalfTables(
  config: ModelConfig,
  positions: tf.Tensor1D,
): { cosines: tf.Tensor2D; sines: tf.Tensor2D } {
  const frequencies = Float32Array.from(inverseFrequencies(config));
  const angles = tf.mul(
    tf.cast(positions, "float32").reshape([-1, 1]),
    tf.tensor2d(frequencies, [1, frequencies.length]),
  );
  const factor = attentionFactor(config);
  const scaled = (table: tf.Tensor) => (factor === 1 ? table : tf.mul(table, factor)) as tf.Tensor2D;
  return { cosines: scaled(tf.cos(angles)), sines: scaled(tf.sin(angles)) };
}

/**
 * Rotary embedding (Su et al. 2021) in the "halves" form of Hugging Face, for all heads at once: y·cos + swap(y)·sin,
 * where swap exchanges the two halves of each head. v is multiplied by one. The attention's 1/√headDim is folded into
 * q's cosines and sines, which saves a pass over the scores.
 */
export function createRotationTables(config: ModelConfig, positions: tf.Tensor1D): RotationTables {
  const { heads, keyValueHeads, headDim } = config;
  const tokens = positions.shape[0];
  const all = heads + 2 * keyValueHeads;
  const { cosines: cosine, sines: sine } = createHalfTables(config, positions);
  const turn = (first: tf.Tensor, second: tf.Tensor, still: tf.Tensor) => {
    const head = tf.concat([first, second], 1); // [tokens, headDim]
    const queries = tf.tile(tf.mul(head, 1 / Math.sqrt(headDim)), [1, heads]);
    return tf.concat([queries, tf.tile(head, [1, keyValueHeads]), still], 1) as tf.Tensor2D;
  };
  const cosines = turn(cosine, cosine, tf.ones([tokens, keyValueHeads * headDim]));
  const sines = turn(tf.neg(sine), sine, tf.zeros([tokens, keyValueHeads * headDim]));
  const halves = tokens * all * 2;
  const swapped = tf.tensor1d(
    Int32Array.from({ length: halves }, (_, i) => i ^ 1),
    "int32",
  );

  return { cosines, sines, swapped };
}

/** Turns q and k of a fused projection [tokens, (heads + 2·keyValueHeads)·headDim] and scales q by 1/√headDim. */
export function rotate(qkv: tf.Tensor2D, { cosines, sines, swapped }: RotationTables): tf.Tensor2D {
  const half = (qkv.shape[0] * qkv.shape[1]) / swapped.shape[0];
  const turned = tf.customGrad((...inputs) => {
    const [qkv, cosines, sines, swapped, save] = inputs as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
      tf.GradSaveFunc,
    ];
    save([cosines, sines, swapped]);
    const value = tf.add(tf.mul(qkv, cosines), tf.mul(swapHalves(qkv, swapped, half), sines)) as tf.Tensor2D;
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [cosines, sines, swapped] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      const dqkv = tf.add(tf.mul(dy, cosines), swapHalves(tf.mul(dy, sines), swapped, half));
      return [dqkv, cosines, sines, swapped];
    };
    return { value, gradFunc };
  });
  return turned(qkv, cosines, sines, swapped) as tf.Tensor2D;
}

function swapHalves(x: tf.Tensor2D, swapped: tf.Tensor1D, half: number): tf.Tensor2D {
  return tf.gather(tf.reshape(x, [swapped.shape[0], half]), swapped).reshape(x.shape);
}
