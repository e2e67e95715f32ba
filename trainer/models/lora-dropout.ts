import * as tf from "@tensorflow/tfjs";
import { statelessUniform } from "../engine/random";
import { runAfter } from "../engine/run-after";

/** One draw of masks. `rate` is the share of inputs that is dropped, `place` tells layers apart that share a seed. */
export type DropoutDraw = { rate: number; seed: tf.Tensor1D; place: number };

/**
 * (x ∘ m)·Aᵀ with inverted dropout (Srivastava et al. 2014; PEFT's `lora_dropout`, on the adapter's input alone): m is 0
 * with probability `rate`, else 1 ÷ (1 − rate), so that the mean of x ∘ m is x.
 *
 * m follows from the seed (int32 [2]) and the place; the backward pass draws it again instead of keeping it, which would
 * double what an adapted layer holds.
 *
 * @param x [rows, in]
 * @param a [rank, in]
 * @returns [rows, rank]
 */
export function droppedProduct(x: tf.Tensor2D, a: tf.Variable, { rate, seed, place }: DropoutDraw): tf.Tensor2D {
  const product = tf.customGrad((...inputs) => {
    const [x, a, save] = inputs as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    const own = tf.add(seed, tf.tensor1d([place, 0], "int32")) as tf.Tensor1D;
    save([x, a, own]);
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [x, a, own] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      const mask = dropoutMask(x.shape, runAfter(own, dy), rate);
      return [tf.mul(tf.matMul(dy, a), mask), tf.matMul(dy, tf.mul(x, mask), true, false)];
    };
    const dropped: tf.Tensor2D = tf.mul(x, dropoutMask(x.shape, own, rate));
    return { value: tf.matMul(dropped, a, false, true) as tf.Tensor2D, gradFunc };
  });
  return product(x, a as unknown as tf.Tensor2D) as tf.Tensor2D;
}

/** A dropout mask of the given shape: 0 with probability `rate`, else 1 ÷ (1 − rate). */
export function dropoutMask(shape: [number, number], seed: tf.Tensor1D, rate: number): tf.Tensor2D {
  const kept = tf.greaterEqual(statelessUniform<tf.Rank.R2>(shape, seed), rate);
  return tf.div(tf.cast(kept, "float32"), 1 - rate);
}
