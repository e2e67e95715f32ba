import * as tf from "@tensorflow/tfjs";
import { runAfter } from "../engine/run-after";

/**
 * Gradient checkpointing (Chen et al. 2016): y = f(h, context), of which only h is kept; the backward pass runs f again.
 * `context` holds every other tensor of this forward pass that f reads (without gradient); `variables` are what f reads
 * and training changes: their gradients flow as if f had been called directly.
 */
export function recomputed<Context extends Record<string, tf.Tensor>>(
  f: (h: tf.Tensor2D, context: Context) => tf.Tensor2D,
  h: tf.Tensor2D,
  context: Context,
  variables: tf.Variable[],
): tf.Tensor2D {
  const names = Object.keys(context);
  const block = tf.customGrad((...inputs) => {
    const input = inputs[0] as tf.Tensor2D;
    const save = inputs[inputs.length - 1] as tf.GradSaveFunc;
    save([input, ...Object.values(context)]);
    const gradFunc = (dy: tf.Tensor2D, [input, ...saved]: tf.Tensor[]) => {
      const again = Object.fromEntries(names.map((name, i) => [name, saved[i]!])) as Context;
      const engine = tf.engine();
      const start = runAfter(input as tf.Tensor2D, dy);
      const outerTape = engine.state.activeTape; // the inner gradient would clear the tape
      const { grads } = engine.gradients(() => f(start, again), [start, ...variables], dy, true);
      engine.state.activeTape = outerTape;
      return grads;
    };
    return { value: f(input, context), gradFunc };
  });
  return block(h, ...variables) as tf.Tensor2D;
}
