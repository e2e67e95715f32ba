import type { ModelShape } from "./estimate-memory";

/**
 * Whether what lies between a transformer's large products is computed by the trainer's own operations (a CPU) or composed
 * of TensorFlow's (a GPU, WebAssembly): docs/decisions/12. Composed ones keep more for the backward pass.
 */
export type Operations = "fused" | "composed";

/** A micro-batch: its rows of `time` columns, and the tokens in them without padding. */
export interface PackedSize {
  rows: number;
  time: number;
  tokens: number;
}

/** How often composed operations keep a token's hidden and intermediate vectors. Measured on the default base. */
const COMPOSED = { hidden: 11, intermediate: 5.2 };

/** Numbers that one layer keeps for the backward pass. */
export function keptByLayer(operations: Operations, shape: ModelShape, { rows, time, tokens }: PackedSize): number {
  const { hiddenSize: h, intermediateSize: m, heads } = shape;
  if (operations === "fused") return tokens * keptByToken(shape);
  // The attention weights of every head beside the vectors.
  return tokens * (COMPOSED.hidden * h + COMPOSED.intermediate * m) + rows * heads * time ** 2;
}

/**
 * Hidden vectors that fused operations keep beside attention's and the MLP's: what either norm reads and what it gives.
 * The fifth stands for small things: the adapter's products, positions, gaps between the blocks of memory.
 */
const FUSED_HIDDEN = 5;
/** Of the MLP: gate, up and their product; GPT-2's GELU, which nothing fuses, keeps every step of its formula. */
const FUSED_INTERMEDIATE = { gated: 3, gelu: 8 };

function keptByToken({ hiddenSize, intermediateSize, gatedMlp, ...shape }: ModelShape): number {
  const queries = shape.heads * shape.headDim;
  const keys = shape.keyValueHeads * shape.headDim;
  // Queries, keys and values, and what was mixed of them.
  const attention = queries + 2 * keys + queries;
  const { gated, gelu } = FUSED_INTERMEDIATE;
  return FUSED_HIDDEN * hiddenSize + attention + (gatedMlp ? gated : gelu) * intermediateSize;
}
