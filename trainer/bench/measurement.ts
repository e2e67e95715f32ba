/** What `bench` can measure. */
export const WORKLOADS = ["sft", "reward", "dpo", "generate", "ppo"] as const;
export type Workload = (typeof WORKLOADS)[number];

/** How PPO's models lie in memory; each way is a sample of its own. */
export const MEMORY_MODES = ["adapters", "separate", "offload"] as const;
export type MemoryMode = (typeof MEMORY_MODES)[number];

/** What both sides of a comparison are given. */
export interface BenchSettings {
  model: string;
  batchSize: number;
  /** Optimizer steps of one epoch; the examples are `batchSize · steps`. */
  steps: number;
  maxLength: number;
  rank: number;
  /** Prompts that are completed side by side, and new tokens of each. */
  prompts: number;
  newTokens: number;
  gradientCheckpointing: boolean;
  /** With it: every which layer is computed twice. */
  recomputeEvery?: number | undefined;
  /** Left out: the trainer's own default. */
  microBatchSize?: number;
}

/** One measurement, in a process of its own. Times are in seconds, memory in MB (10⁶ bytes). */
export interface Measurement {
  workload: Workload;
  /** Real tokens of one epoch (of prompt and completion, no padding), or new tokens of a generation. */
  tokens: number;
  /** One epoch or one generation in a process that has compiled and warmed up. DPO: with the reference's pass. */
  seconds: number;
  /** The same in a fresh process, compiling included, loading the model not. */
  endToEndSeconds: number;
  stepSeconds: number[];
  peakMemory: number;
  /** Share of the machine's cores that other processes used; null where the machine does not tell. */
  othersShare: number | null;
  versions: string;
}

/** What only our own measurements tell. */
export interface OwnMeasurement extends Measurement {
  compile: { recordings: number; recordSeconds: number; firstRunSeconds: number };
  /** Time inside of compiled functions, of `seconds`: the rest is JavaScript and copies between it and TensorFlow. */
  insideSeconds: number;
  /** Billions of operations of matrix products in `seconds`. */
  productGigaflops: number;
  /** DPO: the reference's pass, of `seconds`. */
  referenceSeconds?: number;
  /** Generation: until the first token, of all prompts together and of a single prompt. */
  prefillSeconds?: number;
  firstTokenSeconds?: number;
  /** PPO: how the models lay in memory, and the iteration's parts. */
  memoryMode?: MemoryMode;
  parts?: Record<"generate" | "score" | "update", { tokens: number; seconds: number }>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
