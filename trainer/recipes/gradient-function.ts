import * as tf from "@tensorflow/tfjs";
import { compile } from "../engine/compile";

export type Objective = (args: readonly tf.Tensor[]) => {
  /** This micro-batch's share of the step's loss; the shares of all micro-batches sum to it. */
  loss: tf.Scalar;
  /** What the metrics are made of, one value a sequence: log-probs or rewards. [sequences] */
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
 * @param name unique in the process; part of what the compiled function is cached by
 */
export function gradientFunction(
  name: string,
  variables: tf.Variable[],
  objective: Objective,
): (args: tf.Tensor[]) => Gradients {
  const compiled = compile(name, (...args) => {
    let sequences: tf.Tensor1D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const result = objective(args);
      // Kept, because variableGrads tidies away all that the forward pass made but the loss.
      sequences = tf.keep(result.sequences);
      return result.loss;
    }, variables);
    if (!sequences) throw new Error("variableGrads did not run the objective");
    return [value, sequences, ...variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable))];
  });
  return (args) => {
    const [loss, sequences, ...gradients] = compiled(...args);
    return { loss: loss as tf.Scalar, sequences: sequences as tf.Tensor1D, gradients };
  };
}
