import type * as tf from "@tensorflow/tfjs";
import type { Attend } from "./attention";
import type { Linear, LinearUse } from "./linear";
import type { Parameter } from "./parameter";

/**
 * The parts of a forward pass that differ between Llama and GPT-2. Making a family loads its weights; heads, adapters
 * and packing are shared.
 */
export interface Family {
  /** All linear layers that an adapter may be put on, in checkpoint order. */
  linears: Linear[];
  /** Every weight, in the order of loading. */
  parameters: Parameter[];
  /** Output head [vocabulary, hidden]: the embedding itself if the two are tied; null for a reward model. */
  head: Parameter | null;
  /** [1, hidden], the scalar head of a reward model; null for others. */
  score: Parameter | null;
  /** ids and positions [tokens] → [tokens, hidden]. */
  embed(ids: tf.Tensor1D, positions: tf.Tensor1D): tf.Tensor2D;
  /** One transformer block: [tokens, hidden] → [tokens, hidden], or the rows of the tokens `at` alone. */
  block(h: tf.Tensor2D, layer: number, attend: Attend, use: LinearUse, at?: tf.Tensor1D): tf.Tensor2D;
  /** Linear layers and norms of one block, to which recomputation computes gradients. */
  blockParameters(layer: number): { linears: Linear[]; parameters: Parameter[] };
  finalNorm(h: tf.Tensor2D): tf.Tensor2D;
}
