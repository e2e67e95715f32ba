import * as tf from "@tensorflow/tfjs";
import { type FusedOps, fusedOps } from "../engine/fused-ops";
import type { Remake } from "./linear";

/** x [rows, size] as the two paths of a residual block see it. */
export interface NormalizedBranch {
  /** x, for the path around the block. */
  same: tf.Tensor2D;
  normalized: tf.Tensor2D;
  /** How `normalized` can be made again, where it is one fused operation. */
  remake?: Remake;
}

/**
 * RMSNorm at the start of a residual block, written so that the gradients of both paths meet in one pass over memory.
 */
export function rmsNormBranch(x: tf.Tensor2D, gain: tf.Tensor1D | tf.Variable, epsilon: number): NormalizedBranch {
  const ops = fusedOps();
  const trains = gain instanceof tf.Variable && gain.trainable;
  if (!ops || trains) return { same: x, normalized: rmsNorm(x, gain, epsilon) };
  registerFused(ops);
  const [same, normalized] = tf
    .engine()
    .runKernel(FUSED_KERNEL, { x, gain: gain as tf.Tensor1D }, { epsilon }) as unknown as tf.Tensor2D[];
  const make = (x: tf.Tensor) => ops.rmsNorm(x as tf.Tensor2D, gain as tf.Tensor1D, epsilon).y;
  return { same: same!, normalized: normalized!, remake: { from: [x], make } };
}

const FUSED_KERNEL = "TuneloopRmsNorm";

/** Registers the operation as a kernel of its own, because `tf.customGrad` knows functions of one result only. */
function registerFused(ops: FusedOps): void {
  if (tf.getKernel(FUSED_KERNEL, "tensorflow")) return;
  tf.registerKernel({
    kernelName: FUSED_KERNEL,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs }) => {
      const { x, gain } = inputs as { x: tf.Tensor2D; gain: tf.Tensor1D };
      const { same, y, inverse } = ops.rmsNorm(x, gain, (attrs as { epsilon: number }).epsilon);
      return [same, y, inverse];
    },
  });
  tf.registerGradient({
    kernelName: FUSED_KERNEL,
    inputsToSave: ["x", "gain"],
    outputsToSave: [false, false, true],
    gradFunc: (dy, saved) => {
      const [dsame, dnormalized] = dy as tf.Tensor2D[];
      const [x, gain, inverse] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
      return { x: () => ops.rmsNormGradient(dsame!, dnormalized!, x, inverse, gain) };
    },
  });
}

/**
 * RMSNorm (Zhang & Sennrich 2019): x / √(mean(x²) + ε) · gain, over the last axis of x [rows, size].
 * The gradient is written out: three small ops instead of a dozen, and nothing kept but x and the inverse norm.
 */
export function rmsNorm(x: tf.Tensor2D, gain: tf.Tensor1D | tf.Variable, epsilon: number): tf.Tensor2D {
  const trains = gain instanceof tf.Variable && gain.trainable;
  const norm = tf.customGrad((...inputs) => {
    const [x, gain, save] = inputs as [tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc];
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon)); // [rows, 1]
    save([x, inverse, gain]);
    const value = tf.mul(tf.mul(x, inverse), gain) as tf.Tensor2D;
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [x, inverse, gain] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      const scaled = tf.mul(dy, gain);
      const along = tf.mul(tf.mean(tf.mul(scaled, x), -1, true), tf.square(inverse)); // [rows, 1]
      const dx = tf.mul(tf.sub(scaled, tf.mul(x, along)), inverse);
      const dGain = trains ? tf.sum(tf.mul(dy, tf.mul(x, inverse)), 0) : gain;
      return [dx, dGain];
    };
    return { value, gradFunc };
  });
  return norm(x, gain as tf.Tensor) as tf.Tensor2D;
}

/** LayerNorm (Ba et al. 2016) over the last axis of x [rows, size], with gain and bias (GPT-2). */
export function layerNorm(
  x: tf.Tensor2D,
  gain: tf.Tensor1D | tf.Variable,
  bias: tf.Tensor1D | tf.Variable,
  epsilon: number,
): tf.Tensor2D {
  const trains = gain instanceof tf.Variable && gain.trainable;
  const norm = tf.customGrad((...inputs) => {
    const [x, gain, bias, save] = inputs as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const unit = tf.mul(centred, inverse);
    save([unit, inverse, gain, bias]);
    const value = tf.add(tf.mul(unit, gain), bias) as tf.Tensor2D;
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [unit, inverse, gain, bias] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
      const scaled = tf.mul(dy, gain);
      const along = tf.mul(unit, tf.mean(tf.mul(scaled, unit), -1, true));
      const dx = tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), along), inverse);
      return trains ? [dx, tf.sum(tf.mul(dy, unit), 0), tf.sum(dy, 0)] : [dx, gain, bias];
    };
    return { value, gradFunc };
  });
  return norm(x, gain as tf.Tensor, bias as tf.Tensor) as tf.Tensor2D;
}
