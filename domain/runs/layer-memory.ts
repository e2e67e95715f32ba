import type { ModelShape } from "./model-shape";

/**
 * The two ways of computing what lies between a transformer's large products: by the trainer's own fused operations (a
 * CPU), or composed of TensorFlow's (a GPU, WebAssembly); see docs/decisions/12. Composed operations keep more for the
 * backward pass.
 */
export type Operations = "fused" | "composed";

/** A micro-batch: its rows of `time` columns, and the number of its tokens without padding. */
export interface PackedSize {
  rows: number;
  time: number;
  tokens: number;
}

/**
 * The number of times that composed operations keep a token's hidden and intermediate vectors, measured on the default
 * base.
 */
const COMPOSED = { hidden: 11, intermediate: 5.2 };

/**
 * Counts the numbers that one layer keeps for the backward pass.
 * @param remakes whether a fused layer makes norms and SwiGLU again: an adapter without dropout, and no checkpointing
 */
export function keptByLayer(
  operations: Operations,
  shape: ModelShape,
  { rows, time, tokens }: PackedSize,
  remakes: boolean,
): number {
  const { hiddenSize: h, intermediateSize: m, heads } = shape;
  if (operations === "fused") return tokens * keptByToken(shape, remakes && shape.gatedMlp);
  // Counts the attention weights of every head besides the vectors.
  return tokens * (COMPOSED.hidden * h + COMPOSED.intermediate * m) + rows * heads * time ** 2;
}

/**
 * Counts the hidden vectors that fused operations keep besides attention's and the MLP's: each norm's input and, where
 * it is not made again, its output. One more stands for small things: the adapter's products, positions, gaps in
 * memory.
 */
const FUSED_HIDDEN = { kept: 5, remade: 3 };
/**
 * Counts the MLP's vectors: gate, up and their product. GPT-2's GELU, which nothing fuses, keeps every step of its
 * formula.
 */
const FUSED_INTERMEDIATE = { gated: 3, remade: 2, gelu: 8 };

function keptByToken({ gatedMlp, ...shape }: ModelShape, remakes: boolean): number {
  const queries = shape.heads * shape.headDim;
  const keys = shape.keyValueHeads * shape.headDim;
  // Counts queries, keys and values, and what attention mixed of them.
  const attention = queries + 2 * keys + queries;
  const mlp = FUSED_INTERMEDIATE[remakes ? "remade" : gatedMlp ? "gated" : "gelu"];
  return FUSED_HIDDEN[remakes ? "remade" : "kept"] * shape.hiddenSize + attention + mlp * shape.intermediateSize;
}
