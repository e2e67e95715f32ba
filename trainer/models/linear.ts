import * as tf from "@tensorflow/tfjs";
import { type FusedOps, fusedOps, THIN_PRODUCT_ROWS } from "../engine/fused-ops";
import { runAfter } from "../engine/run-after";
import { droppedProduct } from "./lora-dropout";
import type { Parameter } from "./parameter";

/** A and B of one adapted layer, in PEFT's shapes: A [rank, in], B [out, rank]. */
export interface LoraPair {
  a: tf.Variable;
  b: tf.Variable;
  /** The layer's number among the model's layers, which keeps any two layers from drawing the same dropout mask. */
  place: number;
}

/** One Hugging Face layer's share of a fused weight: `out` rows of it. */
export interface LinearPart {
  /** Full name without ".weight", for instance `model.layers.0.self_attn.q_proj`. */
  name: string;
  /** Last piece of the name; PEFT's `target_modules` lists such pieces. */
  target: string;
  out: number;
  lora: LoraPair | null;
}

/**
 * A linear layer, or several that read the same input stacked on each other (q, k, v; gate, up): one matrix product
 * instead of three. The weight keeps the Hugging Face layout [out, in]; GPT-2's Conv1D weights are transposed on loading.
 */
export interface Linear {
  weight: Parameter;
  bias: Parameter | null;
  inSize: number;
  parts: LinearPart[];
}

/** How a layer's input can be made again from tensors that the backward pass keeps anyway. */
export interface Remake {
  from: tf.Tensor[];
  /** Makes the input again, from exactly the tensors that it is given. */
  make(...from: tf.Tensor[]): tf.Tensor2D;
}

/** How the layers of one forward pass are applied. */
export interface LinearUse {
  adapter: boolean;
  /** alpha / rank */
  loraScale: number;
  /** Dropout of the adapter's input, which only a training pass has. `seed` int32 [2]. */
  dropout: { rate: number; seed: tf.Tensor1D } | null;
  /**
   * Set for few rows without gradients (decoding), where W·xᵀ reads the weight once and is 2–4.5 times as fast as x·Wᵀ.
   */
  thin: boolean;
  /** Set where inputs that can be made again are not kept for the backward pass (with fused operations only). */
  remake: boolean;
}

/** Further arguments of one layer, besides its input. */
export interface LinearBeside {
  /** A tensor added to the layer's result: [rows, out]. */
  residual?: tf.Tensor2D;
  /** How the input can be made again. */
  remake?: Remake | undefined;
}

/** x [rows, in] → x·Wᵀ + bias + scale·(dropout(x)·Aᵀ)·Bᵀ + residual: [rows, out]. */
export function applyLinear(x: tf.Tensor2D, layer: Linear, use: LinearUse, beside: LinearBeside = {}): tf.Tensor2D {
  const ops = fusedOps();
  const { residual } = beside;
  if (ops && use.thin && !use.dropout) return thinLinear(ops, x, layer, use, residual);
  const adapted = use.adapter && layer.parts.some((part) => part.lora);
  if (ops && adapted && !use.dropout && !layer.bias) return fusedLinear(ops, x, layer, use, beside);
  const y = composedLinear(x, layer, use);
  return residual ? tf.add(residual, y) : y;
}

/** The rows `at` [n] of x, or all of them. */
export function rowsAt(x: tf.Tensor2D, at: tf.Tensor1D | undefined): tf.Tensor2D {
  return at ? tf.gather(x, at) : x;
}

function composedLinear(x: tf.Tensor2D, layer: Linear, use: LinearUse): tf.Tensor2D {
  const weight = layer.weight.value as tf.Tensor2D;
  let y: tf.Tensor2D = use.thin ? thinProduct(x, weight) : tf.matMul(x, weight, false, true);
  if (layer.bias) y = tf.add(y, layer.bias.value);
  if (use.adapter && layer.parts.some((part) => part.lora)) {
    const { a, b } = stackedLora(layer);
    const low = use.dropout ? droppedLow(x, layer, use.dropout) : tf.matMul(x, a, false, true);
    const inner = tf.mul(low, use.loraScale) as tf.Tensor2D;
    y = tf.add(y, tf.matMul(inner, b, false, true));
  }
  return y;
}

/** x·wᵀ for few rows of x, reading w [out, in] once: [rows, out]. */
export function thinProduct(x: tf.Tensor2D, w: tf.Tensor2D | tf.Variable): tf.Tensor2D {
  const ops = fusedOps();
  if (!ops || x.shape[0] > THIN_PRODUCT_ROWS) {
    return tf.transpose(tf.matMul(w as tf.Tensor2D, x, false, true) as tf.Tensor2D);
  }
  const trains = w instanceof tf.Variable && w.trainable;
  const product = tf.customGrad((...inputs) => {
    const [x, w, save] = inputs as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([x, w]);
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [x, w] = saved as [tf.Tensor2D, tf.Tensor2D];
      return [tf.matMul(dy, w), trains ? tf.matMul(dy, x, true) : w];
    };
    return { value: ops.thinProduct(x, w), gradFunc };
  });
  return product(x, w as tf.Tensor2D) as tf.Tensor2D;
}

/** Applies a layer to few rows without gradients, to write tokens. */
function thinLinear(ops: FusedOps, x: tf.Tensor2D, layer: Linear, use: LinearUse, residual?: tf.Tensor2D): tf.Tensor2D {
  let y = thinProduct(x, layer.weight.value as tf.Tensor2D);
  if (residual) y = tf.add(residual, y);
  if (layer.bias) y = tf.add(y, layer.bias.value);
  if (!use.adapter || !layer.parts.some((part) => part.lora)) return y;
  const { a, b } = lineOfPairs(layer);
  const low = tf.mul(thinProduct(x, a), use.loraScale) as tf.Tensor2D;
  return ops.addAdapter(y, low, { b, places: placesOfPairs(layer) });
}

/**
 * Applies a layer whose weight is frozen: the small products of the adapter are added to the large ones in place, in
 * both passes.
 */
function fusedLinear(
  ops: FusedOps,
  x: tf.Tensor2D,
  layer: Linear,
  use: LinearUse,
  { residual, remake }: LinearBeside,
): tf.Tensor2D {
  const remade = use.remake ? remake : undefined;
  const from = remade?.from ?? [x];
  // These constants are made anew in the gradient, because a tensor that the forward pass makes without saving it may
  // be gone by then.
  const constants = () => ({ places: placesOfPairs(layer), scale: tf.scalar(use.loraScale) });
  const linear = tf.customGrad((...inputs) => {
    const save = inputs[inputs.length - 1] as tf.GradSaveFunc;
    const [x, weight, a, b, residual] = inputs.slice(0, -1) as [...Four, tf.Tensor2D?];
    const { places, scale } = constants();
    const low = ops.adapterLow(x, a, scale);
    save([weight, a, b, low, ...from]);
    const value = ops.addAdapter(tf.matMul(x, weight, false, true), low, { b, places }, residual);
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [weight, a, b, low, first, ...rest] = saved as [...Four, tf.Tensor, ...tf.Tensor[]];
      // The input is made from a tensor that exists only now; otherwise TensorFlow would take it for the forward pass's
      // x and keep that one from then on.
      const x = remade ? remade.make(runAfter(first, dy), ...rest) : (first as tf.Tensor2D);
      const base = tf.matMul(dy, weight) as tf.Tensor2D;
      const { dx, da, db } = ops.adapterGradients({ base, dy, x, low, a, b, ...constants() });
      return residual ? [dx, weight, da, db, dy] : [dx, weight, da, db];
    };
    return { value, gradFunc };
  });
  const weight = layer.weight.value as tf.Tensor2D;
  const { a, b } = lineOfPairs(layer);
  return linear(x, weight, a, b, ...(residual ? [residual] : [])) as tf.Tensor2D;
}

/** The layer's input (or x·Aᵀ in its place), the weight, A and B. */
type Four = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];

/** x·Aᵀ of the stacked pairs with a dropout mask of its own for each pair: [rows, n·rank]. */
function droppedLow(x: tf.Tensor2D, { parts }: Linear, { rate, seed }: NonNullable<LinearUse["dropout"]>): tf.Tensor2D {
  const pairs = parts.flatMap(({ lora }) => (lora ? [lora] : []));
  return tf.concat(
    pairs.map(({ a, place }) => droppedProduct(x, a, { rate, seed, place })),
    1,
  );
}

/** The adapter as a change of the weight, scale·B·A: [out, in]. */
export function loraDelta(layer: Linear, scale: number): tf.Tensor2D {
  return tf.tidy(() => {
    const { a, b } = stackedLora(layer);
    return tf.mul(tf.matMul(b, a), scale);
  });
}

/** The pairs of a fused layer one after another, as the fused operations take them: A [n·rank, in], B [outs, rank]. */
function lineOfPairs({ parts }: Linear): { a: tf.Tensor2D; b: tf.Tensor2D } {
  const pairs = parts.flatMap(({ lora }) => (lora ? [lora] : []));
  const join = (variables: tf.Variable[]) =>
    (variables.length === 1 ? variables[0] : tf.concat(variables)) as unknown as tf.Tensor2D;
  return { a: join(pairs.map(({ a }) => a)), b: join(pairs.map(({ b }) => b)) };
}

/** First column and number of columns of each pair: int32 [pairs, 2]. */
function placesOfPairs({ parts }: Linear): tf.Tensor2D {
  let first = 0;
  const places: [number, number][] = [];
  for (const { lora, out } of parts) {
    if (lora) places.push([first, out]);
    first += out;
  }
  return tf.tensor2d(places, undefined, "int32");
}

/**
 * The pairs of a fused layer as one: A's on each other [n·rank, in], B's block-diagonal [out, n·rank] with empty rows for
 * parts that have no adapter. B is small, so building it anew costs less than a product and a concatenation a part.
 */
function stackedLora(layer: Linear): { a: tf.Tensor2D; b: tf.Tensor2D } {
  const pairs = layer.parts.flatMap((part) => (part.lora ? [part.lora] : []));
  if (pairs.length === 1 && layer.parts.length === 1) {
    return { a: pairs[0]!.a as unknown as tf.Tensor2D, b: pairs[0]!.b as unknown as tf.Tensor2D };
  }
  const a = tf.concat(pairs.map((pair) => pair.a as unknown as tf.Tensor2D));
  const width = a.shape[0];
  let before = 0;
  const blocks = layer.parts.map((part) => {
    if (!part.lora) return tf.zeros([part.out, width]) as tf.Tensor2D;
    const rank = part.lora.a.shape[0]!;
    const block = tf.pad2d(part.lora.b as unknown as tf.Tensor2D, [
      [0, 0],
      [before, width - before - rank],
    ]);
    before += rank;
    return block;
  });
  return { a, b: tf.concat(blocks) };
}
