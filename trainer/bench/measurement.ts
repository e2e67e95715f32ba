/** The workloads that `bench` can measure. */
export const WORKLOADS = ["sft", "reward", "dpo", "generate", "ppo"] as const;
export type Workload = (typeof WORKLOADS)[number];

/** The ways in which PPO's models can lie in memory; each way is a sample of its own. */
export const MEMORY_MODES = ["adapters", "separate", "offload"] as const;
export type MemoryMode = (typeof MEMORY_MODES)[number];

/** The settings that both sides of a comparison are given. */
export interface BenchSettings {
  model: string;
  batchSize: number;
  /** Optimizer steps of one epoch; the examples are `batchSize · steps`. */
  steps: number;
  maxLength: number;
  rank: number;
  /** Number of prompts that are completed side by side, and of new tokens for each. */
  prompts: number;
  newTokens: number;
  gradientCheckpointing: boolean;
  /** The interval of the layers that are computed twice; undefined for none. */
  recomputeEvery?: number | undefined;
  /** Default: the trainer's own default. */
  microBatchSize?: number;
}

/** One measurement, in a process of its own. Times are in seconds, memory in MB (10⁶ bytes). */
export interface Measurement {
  workload: Workload;
  /** Real tokens of one epoch (of prompt and completion, no padding), or new tokens of a generation. */
  tokens: number;
  /**
   * Time of one epoch or one generation in a process that has compiled and warmed up. For DPO it includes the
   * reference's pass.
   */
  seconds: number;
  /** Time of one epoch or one generation in a fresh process, with compiling but without loading the model. */
  endToEndSeconds: number;
  stepSeconds: number[];
  peakMemory: number;
  /** Share of the machine's cores that other processes used; null on a machine that does not tell. */
  othersShare: number | null;
  versions: string;
}

/** A measurement with the figures that only Tuneloop's own samples give. */
export interface OwnMeasurement extends Measurement {
  compile: { recordings: number; recordSeconds: number; firstRunSeconds: number };
  /**
   * Part of `seconds` that was spent inside of compiled functions: the rest is JavaScript and copies between it and
   * TensorFlow.
   */
  insideSeconds: number;
  /** Billions of operations of matrix products in `seconds`. */
  productGigaflops: number;
  /** DPO only: the part of `seconds` that the reference's pass took. */
  referenceSeconds?: number;
  /** Generation only: time until the first token, of all prompts together and of a single prompt. */
  prefillSeconds?: number;
  firstTokenSeconds?: number;
  /** PPO only: how the models lay in memory, and the iteration's parts. */
  memoryMode?: MemoryMode;
  parts?: Record<"generate" | "score" | "update", { tokens: number; seconds: number }>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
