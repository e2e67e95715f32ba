import type * as tf from "@tensorflow/tfjs";

/**
 * One weight as the model uses it, and where it comes from and goes to: one or several tensors of the checkpoint on each
 * other along the first axis, or one that is stored the other way round.
 */
export interface Parameter {
  value: tf.Tensor | tf.Variable;
  /** Hugging Face names and shapes of its parts, in order. */
  parts: { name: string; shape: number[] }[];
  /** The checkpoint holds [in, out] (GPT-2's Conv1D); `value` is [out, in]. */
  transposed: boolean;
}
