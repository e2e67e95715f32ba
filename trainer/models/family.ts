import type * as tf from "@tensorflow/tfjs";
import type { Attend } from "./attention";
import type { Linear, LinearUse } from "./linear";
import type { Parameter } from "./parameter";

/** What differs between Llama and GPT-2. Weights are loaded when it is made; heads, adapters and packing are shared. */
export interface Family {
  /** All linear layers that an adapter may be put on, in checkpoint order. */
  linears: Linear[];
  /** Every weight, in the order of loading. */
  parameters: Parameter[];
  /** Output head [vocabulary, hidden]: the embedding itself where tied; null for a reward model. */
  head: Parameter | null;
  /** [1, hidden], of a reward model. */
  score: Parameter | null;
  /** ids and positions [tokens] → [tokens, hidden]. */
  embed(ids: tf.Tensor1D, positions: tf.Tensor1D): tf.Tensor2D;
  /** One transformer block: [tokens, hidden] → [tokens, hidden], or of the tokens `at` alone. */
  block(h: tf.Tensor2D, layer: number, attend: Attend, use: LinearUse, at?: tf.Tensor1D): tf.Tensor2D;
  /** Linear layers and norms of one block: what recomputation differentiates. */
  blockParameters(layer: number): { linears: Linear[]; parameters: Parameter[] };
  finalNorm(h: tf.Tensor2D): tf.Tensor2D;
}
