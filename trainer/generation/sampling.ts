import * as tf from "@tensorflow/tfjs";
import { fusedOps } from "../engine/fused-ops";

/**
 * The way in which tokens are chosen. `nucleus` looks at the likeliest candidates only and says when they do not
 * suffice.
 */
export type SamplingMode = "greedy" | "all" | "nucleus";

/** The values that a draw depends on. They are tensors, so that a compiled step serves all values. */
export interface Draw {
  /** [rows], uniform in [0, 1). */
  uniforms: tf.Tensor1D;
  temperature: tf.Scalar;
  topP: tf.Scalar;
}

/** Number of candidates of the quick nucleus: finding the largest 256 of 49,152 is far cheaper than sorting all. */
export const NUCLEUS_CANDIDATES = 256;

export interface Choice {
  /** [rows] int32 */
  ids: tf.Tensor1D;
  /** [rows] int32: 1 for an exact `ids`, 0 for a nucleus with more tokens than candidates. */
  exact: tf.Tensor1D;
}

/** logits [rows, vocabulary] → one token a row. */
export function chooseTokens(logits: tf.Tensor2D, mode: SamplingMode, draw: Draw): Choice {
  const isExact = (ids: tf.Tensor): Choice => {
    return { ids: tf.cast(ids, "int32") as tf.Tensor1D, exact: tf.ones([logits.shape[0]], "int32") };
  };
  if (mode === "greedy") return isExact(tf.argMax(logits, 1));
  if (mode === "all") return isExact(chooseFromAll(logits, draw));
  const ops = fusedOps();
  if (!ops) return chooseFromNucleus(logits, draw, NUCLEUS_CANDIDATES);
  return isExact(ops.chooseFromNucleus(logits, draw.uniforms, draw.temperature, draw.topP));
}

function chooseFromAll(logits: tf.Tensor2D, { uniforms, temperature }: Draw): tf.Tensor1D {
  return inverseCdf(tf.softmax(tf.div(logits, temperature)), uniforms);
}

/**
 * Nucleus sampling (Holtzman et al. 2020): draws from the fewest likeliest tokens whose probabilities sum to at least
 * topP; ties go to the lower id. Exact if the `candidates` likeliest tokens reach topP.
 */
export function chooseFromNucleus(logits: tf.Tensor2D, draw: Draw, candidates: number): Choice {
  const [rows, vocabulary] = logits.shape;
  const count = Math.min(candidates, vocabulary);
  const scaled = tf.div(logits, draw.temperature) as tf.Tensor2D;
  const { values, indices } = tf.topk(scaled, count);
  const most = tf.slice(values, [0, 0], [rows, 1]);
  const total = tf.sum(tf.exp(tf.sub(scaled, most)), 1, true); // [rows, 1]
  const probabilities = tf.div(tf.exp(tf.sub(values, most)), total) as tf.Tensor2D; // [rows, count], falling
  const before = tf.cumsum(probabilities, 1, true);
  const inside = tf.cast(tf.less(before, draw.topP), "float32");
  const place = inverseCdf(tf.mul(probabilities, inside), draw.uniforms);
  const start = tf.tensor1d(
    Int32Array.from({ length: rows }, (_, row) => row * count),
    "int32",
  );
  const ids = tf.gather(tf.reshape(indices, [-1]), tf.add(place, start)) as tf.Tensor1D;
  if (count === vocabulary) return { ids, exact: tf.ones([rows], "int32") };
  const reached = tf.greaterEqual(tf.sum(probabilities, 1), draw.topP);
  return { ids, exact: tf.cast(reached, "int32") as tf.Tensor1D };
}

/** weights [rows, n] (not normalised) and uniforms [rows] → index drawn in proportion to the weights: [rows] int32. */
function inverseCdf(weights: tf.Tensor2D, uniforms: tf.Tensor1D): tf.Tensor1D {
  const [rows, size] = weights.shape;
  const cumulative = tf.cumsum(weights, 1);
  const total = tf.slice(cumulative, [0, size - 1], [rows, 1]);
  const level = tf.mul(tf.reshape(uniforms, [rows, 1]), total);
  const passed = tf.sum(tf.cast(tf.lessEqual(cumulative, level), "int32"), 1);
  return tf.minimum(passed, tf.scalar(size - 1, "int32")) as tf.Tensor1D;
}
