import * as tf from "@tensorflow/tfjs";
import { compile } from "../engine/compile";
import type { RunScope } from "./run-scope";

export type Objective = (args: readonly tf.Tensor[]) => {
  /** This micro-batch's share of the step's loss; the shares of all micro-batches sum to it. */
  loss: tf.Scalar;
  /** What the metrics are made of, example by example: log-probs, logits or rewards of its sequences. [slots · values] */
  sequences: tf.Tensor1D;
};

export type Gradients = {
  loss: tf.Scalar;
  sequences: tf.Tensor1D;
  /** In the order of the variables. */
  gradients: tf.Tensor[];
};

/**
 * Forward and backward pass of one micro-batch as one compiled function. The caller disposes what it gives.
 *
 * @param name for messages of the compiler
 */
export function gradientFunction(
  scope: RunScope,
  name: string,
  variables: tf.Variable[],
  objective: Objective,
): (args: tf.Tensor[]) => Gradients {
  const step = (...args: tf.Tensor[]) => {
    const kept: tf.Tensor1D[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const { loss, sequences } = objective(args);
      // variableGrads tidies away all that the forward pass made but the loss.
      kept.push(tf.keep(sequences));
      return loss;
    }, variables);
    const sequences = kept.map((tensor) => tf.clone(tensor));
    tf.dispose(kept);
    return [value, ...sequences, ...variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable))];
  };
  const compiled = scope.own(compile(name, step));
  return (args) => {
    const [loss, sequences, ...gradients] = compiled(...args);
    return { loss: loss as tf.Scalar, sequences: sequences as tf.Tensor1D, gradients };
  };
}

/** Calls a function with arguments that are only for it, and disposes them. */
export function callOnce<Result>(fn: (args: tf.Tensor[]) => Result, args: tf.Tensor[]): Result {
  try {
    return fn(args);
  } finally {
    tf.dispose(args);
  }
}

/** Sums of gradients over micro-batches, in the order of the variables. Disposes what is added up. */
export function addGradients(sums: tf.Tensor[] | null, gradients: tf.Tensor[]): tf.Tensor[] {
  if (!sums) return gradients;
  const added = sums.map((sum, index) => tf.add(sum, gradients[index] as tf.Tensor));
  tf.dispose([sums, gradients]);
  return added;
}
