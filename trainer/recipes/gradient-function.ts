import * as tf from "@tensorflow/tfjs";
import { compileNamed, type TensorRecord } from "../engine/compile-named";
import type { RunScope } from "./run-scope";

/** The function that is minimised, from a micro-batch's tensors by name. */
export type Objective<Inputs> = (inputs: Inputs) => {
  /** This micro-batch's share of the step's loss; the shares of all micro-batches sum to it. */
  loss: tf.Scalar;
  /**
   * The values that the metrics are computed from, example by example: log-probs, logits or rewards of its sequences.
   * [slots · values]
   */
  sequences: tf.Tensor1D;
};

export type Gradients = {
  loss: tf.Scalar;
  sequences: tf.Tensor1D;
  /** The gradients, in the order of the variables. */
  gradients: tf.Tensor[];
};

/**
 * Makes the forward and backward pass of one micro-batch as one compiled function. The caller disposes its results.
 *
 * @param name for messages of the compiler
 */
export function gradientFunction<Inputs extends TensorRecord>(
  scope: RunScope,
  name: string,
  variables: tf.Variable[],
  objective: Objective<Inputs>,
): (inputs: Inputs) => Gradients {
  return scope.own(
    compileNamed(name, (inputs: Inputs): Gradients => {
      const kept: tf.Tensor1D[] = [];
      const { value, grads } = tf.variableGrads(() => {
        const { loss, sequences } = objective(inputs);
        // variableGrads disposes all tensors that the forward pass made, except the loss.
        kept.push(tf.keep(sequences));
        return loss;
      }, variables);
      const [sequences = tf.tensor1d([])] = kept.map((tensor) => tf.clone(tensor));
      tf.dispose(kept);
      return {
        loss: value,
        sequences,
        gradients: variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable)),
      };
    }),
  );
}

/** Adds gradients to the sums over micro-batches, in the order of the variables, and disposes the summands. */
export function addGradients(sums: tf.Tensor[] | null, gradients: tf.Tensor[]): tf.Tensor[] {
  if (!sums) return gradients;
  const added = sums.map((sum, index) => tf.add(sum, gradients[index] as tf.Tensor));
  tf.dispose([sums, gradients]);
  return added;
}
