import { keptByLayer, type Operations } from "./layer-memory";
import { methodOf } from "./methods";
import type { ModelShape } from "./model-shape";
import type { RunConfig } from "./run-config";
import type { RunWarning } from "./run-remarks";

/** The tokens of one example: its prompt, and each completion that is laid beside it. */
export interface ExampleTokens {
  prompt: number;
  completions: readonly number[];
}

/** The bytes at the peak of a step, by what they are for. */
export interface MemoryEstimate {
  /** The process itself with TensorFlow and its compiled graphs. */
  runtime: number;
  weights: number;
  /** The gradients of what trains, and AdamW's two moments. */
  optimizer: number;
  /** The activations that the forward pass keeps for the backward pass. */
  activations: number;
  /** Tensors that exist for a moment: a chunk's logits, or the gradients inside one layer. */
  working: number;
  /** The memory that writing a checkpoint takes beyond a step's: copies of what trains and of its two moments. */
  checkpoint: number;
  total: number;
}

/** The settings of a run that decide its memory. PPO holds more at once: see `estimate-ppo-memory.ts`. */
export type MemoryConfig = Pick<
  RunConfig,
  "method" | "gradientCheckpointing" | "recomputeEvery" | "lora" | "adapter"
> & {
  microBatchSize: number;
  batchSize: number;
};

const FLOAT = 4;
/** The number of positions whose logits exist at one time. */
const LOGIT_ROWS = 512;
const LOGIT_COPIES = 3;
/** These factors were measured on the default base, because the model's structure does not give them. */
const RUNTIME: Record<Operations, number> = { fused: 920e6, composed: 650e6 };

/**
 * Estimates the peak memory of a run in bytes, from the shapes of what it holds at once. The longest examples decide,
 * because they may come together in one micro-batch. With fused operations the estimate is up to a fifth above what was
 * measured on the default base and never below; with composed ones it is within a tenth (the test has the figures).
 *
 * @param mixedIn texts that a step learns besides its examples, in micro-batches of their own
 */
export function estimateMemory(
  config: MemoryConfig,
  shape: ModelShape,
  examples: readonly ExampleTokens[],
  operations: Operations,
  mixedIn: readonly ExampleTokens[] = [],
): MemoryEstimate {
  const { hiddenSize: h, vocabSize } = shape;
  const parameters = parameterCount(shape);
  const trained = trainedParameters(config, shape);
  // A step of several micro-batches holds their sum beside the gradients of the present one; clipping makes a copy.
  const gradients = config.microBatchSize < config.batchSize || mixedIn.length > 0 ? 3 : 2;
  // Tied embeddings get a gradient as input, one as head, and the sum of both.
  const embeddings = hasAdapter(config) ? 0 : 3 * vocabSize * h;

  // The passes of examples and of mixed-in texts follow one another, so that the larger one decides.
  const passes = [passOf(config, shape, examples, operations)];
  if (mixedIn.length > 0) passes.push(passOf({ ...config, method: "sft" }, shape, mixedIn, operations));
  const ofStep = {
    runtime: RUNTIME[operations],
    weights: parameters * FLOAT,
    optimizer: (trained * (gradients + 2) + embeddings) * FLOAT,
    activations: Math.max(...passes.map(({ activations }) => activations)),
    working: Math.max(...passes.map(({ working }) => working)),
  };
  const estimate = { ...ofStep, checkpoint: beyondStep(trained, ofStep, USED_AGAIN[operations]) };
  return { ...estimate, total: Object.values(estimate).reduce((sum, bytes) => sum + bytes, 0) };
}

/** Computes the bytes that the longest micro-batch of these examples needs, forward and backward. */
function passOf(
  config: MemoryConfig,
  shape: ModelShape,
  examples: readonly ExampleTokens[],
  operations: Operations,
): Pick<MemoryEstimate, "activations" | "working"> {
  const { hiddenSize: h, layers, vocabSize } = shape;
  const longest = [...examples].sort((a, b) => tokensOf(b) - tokensOf(a)).slice(0, Math.max(1, config.microBatchSize));
  const tokens = longest.reduce((sum, example) => sum + tokensOf(example), 0);
  const time = longest.reduce((most, example) => Math.max(most, tokensOf(example)), 0);
  const adapter = hasAdapter(config);
  const size = { rows: config.microBatchSize, time, tokens };
  const keeping = keptByLayer(operations, shape, size, adapter && !config.lora?.dropout);
  const again = keptByLayer(operations, shape, size, false);
  const recomputed = config.gradientCheckpointing ? Math.ceil(layers / (config.recomputeEvery ?? 1)) : 0;
  const rows = methodOf(config.method).makes === "reward" ? 0 : Math.min(LOGIT_ROWS, tokens);
  const kept = recomputed * tokens * h + (layers - recomputed) * keeping;
  // The gradients while a layer is computed backwards, and with checkpointing the activations that it made once more.
  const oneLayer = recomputed > 0 ? 3 * again : 2 * keeping;
  return { activations: kept * FLOAT, working: Math.max(rows * vocabSize * LOGIT_COPIES, oneLayer) * FLOAT };
}

/** Copies of the weights that train and of their two moments, as a checkpoint holds them before it is on disk. */
const CHECKPOINT_COPIES = 3;

/**
 * The share of a step's memory that a checkpoint's copies can lie in once the step has given it back, measured with all
 * weights trained.
 */
const USED_AGAIN: Record<Operations, number> = { fused: 0.25, composed: 1 };

/**
 * Computes how far a checkpoint's copies of `trained` numbers exceed the memory that a step has given back by then
 * (activations and working memory). The memory of gradients is not used again.
 */
export const beyondStep = (
  trained: number,
  { activations, working }: Pick<MemoryEstimate, "activations" | "working">,
  usedAgain = USED_AGAIN.composed,
): number => Math.max(0, CHECKPOINT_COPIES * trained * FLOAT - usedAgain * (activations + working));

const tokensOf = ({ prompt, completions }: ExampleTokens): number =>
  prompt + completions.reduce((sum, tokens) => sum + tokens, 0);

/** Counts the numbers in the model's matrices; norms and biases are too few to matter. */
export function parameterCount(shape: ModelShape): number {
  const { layers, hiddenSize, vocabSize, tieWordEmbeddings } = shape;
  const perLayer = linearLayers(shape).reduce((sum, [from, to]) => sum + from * to, 0);
  return layers * perLayer + (tieWordEmbeddings ? 1 : 2) * vocabSize * hiddenSize;
}

const hasAdapter = ({ lora, adapter }: Pick<RunConfig, "lora" | "adapter">) =>
  lora !== undefined || adapter !== undefined;

/** Counts the numbers that training changes: all, or an adapter's. */
export function trainedParameters(config: Pick<RunConfig, "lora" | "adapter">, shape: ModelShape): number {
  return hasAdapter(config) ? adapterParameters(shape, config.lora?.rank ?? 16) : parameterCount(shape);
}

/** An adapter has the matrices A and B beside every linear layer. */
function adapterParameters(shape: ModelShape, rank: number): number {
  return shape.layers * rank * linearLayers(shape).reduce((sum, [from, to]) => sum + from + to, 0);
}

function linearLayers({ hiddenSize: h, intermediateSize: m, ...shape }: ModelShape): [from: number, to: number][] {
  const queries = shape.heads * shape.headDim;
  const keys = shape.keyValueHeads * shape.headDim;
  const mlp: [number, number][] = [
    [h, m],
    [m, h],
  ];
  return [
    [h, queries],
    [h, keys],
    [h, keys],
    [queries, h],
    ...mlp,
    ...(shape.gatedMlp ? [[h, m] as [number, number]] : []),
  ];
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** A part below this would be shown as 0.0 GB. */
const SAID = 0.05e9;

/** Writes one line for a person: the sum and its parts. */
export function describeMemory({ total, ...parts }: MemoryEstimate, available: number | null): string {
  const listed = Object.entries(parts)
    .filter(([, bytes]) => bytes >= SAID)
    .map(([part, bytes]) => `${part} ${gigabytes(bytes)}`);
  const free = available === null ? "" : `; ${gigabytes(available)} can be had`;
  return `Memory: about ${gigabytes(total)} at the peak (${listed.join(", ")})${free}`;
}

/**
 * Warns of a run that takes more memory than there is. Such a run does not fail by itself: the machine swaps, or ends
 * the process.
 */
export function memoryWarnings({ total }: MemoryEstimate, available: number): RunWarning[] {
  if (total <= available) return [];
  const message = `The run takes about ${gigabytes(total)} of memory and ${gigabytes(available)} can be had: take a smaller microBatchSize or maxLength, an adapter (lora), or gradientCheckpointing.`;
  return [{ field: "memory", message }];
}
