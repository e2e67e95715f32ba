import type * as tf from "@tensorflow/tfjs";
import type { Operations } from "@/domain/runs/layer-memory";
import { type NativeBackend, nativeBackend, type OpAttribute } from "./native-backend";

/**
 * The operations of `native/fused_ops.h`: what lies between a transformer's large products, each in one pass over
 * memory. They have no gradients of their own; callers define the gradient with `tf.customGrad`.
 */
export interface FusedOps {
  /** x [rows, size], gain [size] → x·inverse·gain and inverse = 1/√(mean(x²) + ε) [rows]; `same` is x. */
  rmsNorm(
    x: tf.Tensor2D,
    gain: tf.Tensor1D,
    epsilon: number,
  ): { same: tf.Tensor2D; y: tf.Tensor2D; inverse: tf.Tensor1D };
  /** The gradient of x from dy, plus dsame. */
  rmsNormGradient(
    dsame: tf.Tensor2D,
    dy: tf.Tensor2D,
    x: tf.Tensor2D,
    inverse: tf.Tensor1D,
    gain: tf.Tensor1D,
  ): tf.Tensor2D;
  /** silu(gate)·up of both side by side: [rows, 2·size] → [rows, size]. */
  swiglu(gateUp: tf.Tensor2D): tf.Tensor2D;
  swigluGradient(dy: tf.Tensor2D, gateUp: tf.Tensor2D): tf.Tensor2D;
  /** scale·x·aᵀ where a has few rows: x [rows, in], a [width, in] → low [rows, width]. */
  adapterLow(x: tf.Tensor2D, a: tf.Tensor2D, scale: tf.Scalar): tf.Tensor2D;
  /** y + low·bᵀ (+ residual), which adds the adapter's share to y [rows, out]. */
  addAdapter(y: tf.Tensor2D, low: tf.Tensor2D, pairs: AdapterOuts, residual?: tf.Tensor2D): tf.Tensor2D;
  /** The gradients of x, A and B from dy; `base` [rows, in] is the gradient of x by way of the frozen weight. */
  adapterGradients(inputs: AdapterGradientInputs): { dx: tf.Tensor2D; da: tf.Tensor2D; db: tf.Tensor2D };
  /** Attention of a packed batch: mixed [tokens, heads·headDim] and log-sum-exp [rows, heads, time] of the scores. */
  attention(inputs: FusedAttentionInputs): { mixed: tf.Tensor2D; logSumExp: tf.Tensor3D };
  attentionGradient(
    inputs: FusedAttentionInputs,
    mixed: tf.Tensor2D,
    logSumExp: tf.Tensor3D,
    dmixed: tf.Tensor2D,
  ): tf.Tensor2D;
  /** x·wᵀ for at most THIN_PRODUCT_ROWS rows of x: w [out, in] is read once from memory. */
  thinProduct(x: tf.Tensor2D, w: tf.Tensor2D): tf.Tensor2D;
  /** Rotated keys and values as a cache holds them: each [rows, keyValueHeads, time, headDim], 0 where no token lies. */
  keysAndValues(inputs: FusedAttentionInputs): { keys: tf.Tensor4D; values: tf.Tensor4D };
  /**
   * One new token a row: stores its key and value at `slot` of `keys` and `values`, which it changes (see
   * `changeInPlace`), and attends to slots `firstSlot[row]` … `slot`: [rows, heads·headDim].
   */
  cachedAttention(inputs: CachedAttentionInputs): tf.Tensor2D;
  /** One token a row of the nucleus at top-p: logits [rows, vocabulary], uniforms [rows] in [0, 1) → ids int32 [rows]. */
  chooseFromNucleus(logits: tf.Tensor2D, uniforms: tf.Tensor1D, temperature: tf.Scalar, topP: tf.Scalar): tf.Tensor1D;
}

/** The B matrices of stacked layers' pairs, one after another. */
export interface AdapterOuts {
  /** [outs of all pairs, rank] */
  b: tf.Tensor2D;
  /** int32 [pairs, 2]: the first column of y that a pair adds to, and how many. */
  places: tf.Tensor2D;
}

export interface AdapterGradientInputs extends AdapterOuts {
  /** [pairs·rank, in] */
  a: tf.Tensor2D;
  base: tf.Tensor2D;
  /** [rows, out] */
  dy: tf.Tensor2D;
  /** [rows, in] */
  x: tf.Tensor2D;
  /** The result of adapterLow(). */
  low: tf.Tensor2D;
  scale: tf.Scalar;
}

export interface CachedAttentionInputs extends Omit<FusedAttentionInputs, "tokenOfSlot" | "segments"> {
  /** int32 */
  slot: tf.Scalar;
  /** int32 [rows] */
  firstSlot: tf.Tensor1D;
  /** [rows, keyValueHeads, capacity, headDim] */
  keys: tf.Tensor4D;
  values: tf.Tensor4D;
}

export interface FusedAttentionInputs {
  /** [tokens, (heads + 2·keyValueHeads)·headDim], before the rotary embedding. */
  qkv: tf.Tensor2D;
  /** Rotary tables [tokens, headDim / 2]; ones and zeros where positions are learned. */
  cosines: tf.Tensor2D;
  sines: tf.Tensor2D;
  /** int32 [rows, time] */
  tokenOfSlot: tf.Tensor2D;
  /** int32 [rows, time]; −1 where no token lies. */
  segments: tf.Tensor2D;
  /** [heads, keyValueHeads]. Only the shape is read, because TensorFlow's shape functions see shapes only. */
  heads: tf.Tensor2D;
}

/** The largest number of rows for `thinProduct`; with more rows TensorFlow's w·xᵀ is as fast. */
export const THIN_PRODUCT_ROWS = 8;

/**
 * The fused operations, or null on a GPU, on WebAssembly, with the stock binary, under XLA (which takes no such
 * operations) and with TUNELOOP_FUSED=0. Without them the caller composes the computation from ordinary operations.
 */
export function fusedOps(): FusedOps | null {
  const backend = nativeBackend();
  if (!backend || process.env.TUNELOOP_FUSED === "0" || process.env.TUNELOOP_XLA === "1") return null;
  const { fusedInstructions } = backend.binding;
  return fusedInstructions !== undefined && !backend.binding.isUsingGpuDevice() ? opsOf(backend) : null;
}

/** Which operations the trainer computes with, as estimates of memory name them. */
export const presentOperations = (): Operations => (fusedOps() ? "fused" : "composed");

function opsOf(backend: NativeBackend): FusedOps {
  const run = (op: string, inputs: tf.Tensor[], outputs: number, attributes: OpAttribute[] = []) =>
    backend.executeMultipleOutputs(`Tuneloop${op}`, attributes, inputs, outputs);
  const one = (op: string, inputs: tf.Tensor[]) => run(op, inputs, 1)[0] as tf.Tensor2D;
  const list = ({ qkv, cosines, sines, tokenOfSlot, segments, heads }: FusedAttentionInputs): tf.Tensor[] => [
    ...[qkv, cosines, sines, tokenOfSlot, segments, heads],
  ];
  return {
    rmsNorm: (x, gain, epsilon) => {
      const attribute = { name: "epsilon", type: backend.binding.TF_ATTR_FLOAT, value: epsilon };
      const [same, y, inverse] = run("RmsNorm", [x, gain], 3, [attribute]);
      return { same: same as tf.Tensor2D, y: y as tf.Tensor2D, inverse: inverse as tf.Tensor1D };
    },
    rmsNormGradient: (dsame, dy, x, inverse, gain) => one("RmsNormGradient", [dsame, dy, x, inverse, gain]),
    swiglu: (gateUp) => one("SwiGlu", [gateUp]),
    swigluGradient: (dy, gateUp) => one("SwiGluGradient", [dy, gateUp]),
    adapterLow: (x, a, scale) => one("AdapterLow", [x, a, scale]),
    addAdapter: (y, low, { b, places }, residual) =>
      residual ? one("AddAdapterTo", [y, residual, low, b, places]) : one("AddAdapter", [y, low, b, places]),
    adapterGradients: ({ base, dy, x, low, a, b, places, scale }) => {
      const [dx, da, db] = run("AdapterGradients", [base, dy, x, low, a, b, places, scale], 3);
      return { dx: dx as tf.Tensor2D, da: da as tf.Tensor2D, db: db as tf.Tensor2D };
    },
    attention: (inputs) => {
      const [mixed, logSumExp] = run("Attention", list(inputs), 2);
      return { mixed: mixed as tf.Tensor2D, logSumExp: logSumExp as tf.Tensor3D };
    },
    attentionGradient: (inputs, mixed, logSumExp, dmixed) =>
      one("AttentionGradient", [...list(inputs), mixed, logSumExp, dmixed]),
    thinProduct: (x, w) => one("ThinProduct", [x, w]),
    keysAndValues: (inputs) => {
      const [keys, values] = run("KeysAndValues", list(inputs), 2);
      return { keys: keys as tf.Tensor4D, values: values as tf.Tensor4D };
    },
    cachedAttention: ({ qkv, cosines, sines, slot, firstSlot, heads, keys, values }) =>
      one("CachedAttention", [qkv, cosines, sines, slot, firstSlot, heads, keys, values]),
    chooseFromNucleus: (logits, uniforms, temperature, topP) =>
      run("Nucleus", [logits, uniforms, temperature, topP], 1)[0] as tf.Tensor1D,
  };
}
