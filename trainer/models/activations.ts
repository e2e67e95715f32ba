import * as tf from "@tensorflow/tfjs";
import { type FusedOps, fusedOps } from "../engine/fused-ops";
import type { Remake } from "./linear";

/** SwiGLU (Shazeer 2020): silu(gate) · up, for gate and up side by side. [rows, 2·size] → [rows, size]. */
export function swiglu(gateUp: tf.Tensor2D): tf.Tensor2D {
  const ops = fusedOps();
  return ops ? fusedSwiglu(ops, gateUp) : composedSwiglu(gateUp);
}

/** How swiglu(gateUp) can be made again, where it is one fused operation. */
export function swigluRemake(gateUp: tf.Tensor2D): Remake | undefined {
  const ops = fusedOps();
  return ops ? { from: [gateUp], make: (gateUp) => ops.swiglu(gateUp as tf.Tensor2D) } : undefined;
}

function fusedSwiglu(ops: FusedOps, gateUp: tf.Tensor2D): tf.Tensor2D {
  const activate = tf.customGrad((...inputs) => {
    const [gateUp, save] = inputs as [tf.Tensor2D, tf.GradSaveFunc];
    save([gateUp]);
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => ops.swigluGradient(dy, saved[0] as tf.Tensor2D);
    return { value: ops.swiglu(gateUp), gradFunc };
  });
  return activate(gateUp) as tf.Tensor2D;
}

function composedSwiglu(gateUp: tf.Tensor2D): tf.Tensor2D {
  const activate = tf.customGrad((...inputs) => {
    const [gateUp, save] = inputs as [tf.Tensor2D, tf.GradSaveFunc];
    const [gate, up] = tf.split(gateUp, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
    const sigmoid = tf.sigmoid(gate);
    save([gate, up, sigmoid]);
    const value = tf.mul(tf.mul(gate, sigmoid), up) as tf.Tensor2D;
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [gate, up, sigmoid] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const silu = tf.mul(gate, sigmoid);
      const dGate = tf.mul(tf.mul(dy, up), tf.add(sigmoid, tf.mul(silu, tf.sub(1, sigmoid))));
      return tf.concat([dGate, tf.mul(dy, silu)], 1);
    };
    return { value, gradFunc };
  });
  return activate(gateUp) as tf.Tensor2D;
}

/** GELU in GPT-2's tanh form (`gelu_new`): ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
export function geluNew(x: tf.Tensor2D): tf.Tensor2D {
  const cubed = tf.mul(tf.mul(x, tf.square(x)), 0.044715);
  const inner = tf.mul(tf.add(x, cubed), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}
