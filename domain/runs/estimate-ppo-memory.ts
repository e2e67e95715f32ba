import {
  beyondStep,
  type ExampleTokens,
  estimateMemory,
  type MemoryEstimate,
  trainedParameters,
} from "./estimate-memory";
import type { Operations } from "./layer-memory";
import type { ModelShape } from "./model-shape";
import type { PpoConfig } from "./run-config";

export type PpoMemoryConfig = Pick<
  PpoConfig,
  | "gradientCheckpointing"
  | "recomputeEvery"
  | "lora"
  | "adapter"
  | "advantageEstimator"
  | "memoryMode"
  | "microBatchSize"
  | "minibatchSize"
  | "rolloutBatchSize"
  | "samplesPerPrompt"
  | "maxNewTokens"
  | "topP"
  | "entropyCoefficient"
>;

const FLOAT = 4;
/** The completions that are written side by side, and the most bytes that their cache takes. */
const ROWS = 32;
const MOST_CACHE = 2 ** 30;
/** The copies of whole logits in the policy's step: the logits, their log-softmax, and the gradient. */
const LOGIT_COPIES = 3;

/**
 * The memory that the recorded passes of several models and lengths keep beyond those of one model, as measured on the
 * default base. Off-loading a model frees its share.
 */
const PASSES: Record<Operations, Record<PpoConfig["memoryMode"], number>> = {
  fused: { adapters: 50e6, separate: 50e6, offload: 50e6 },
  composed: { adapters: 500e6, separate: 500e6, offload: 250e6 },
};

/**
 * Estimates the peak memory of a PPO run in bytes, by what it holds at once: the models and optimizers of the mode, and
 * a micro-batch of the policy, which reads the vocabulary and so takes more than the value model's. The completions are
 * taken to be as long as they may be. The estimate is up to a fifth above what was measured on the default base and
 * never below (the test has the figures); one and the same run varies by up to 0.2 GB, with composed operations by 0.3.
 *
 * @param prompts tokens of each prompt
 * @param rewardModels how many score, each as large as the policy; those that are adapters of its base share it
 * @param mixedIn texts that the policy's steps learn besides the rollout
 */
export function estimatePpoMemory(
  config: PpoMemoryConfig,
  shape: ModelShape,
  prompts: readonly number[],
  rewardModels: number,
  operations: Operations,
  mixedIn: readonly ExampleTokens[] = [],
): MemoryEstimate {
  const examples = Array.from({ length: config.microBatchSize }, () => ({
    prompt: Math.max(0, ...prompts),
    completions: [config.maxNewTokens],
  }));
  const one = estimateMemory(
    { ...config, method: "sft", batchSize: config.minibatchSize },
    shape,
    examples,
    operations,
    mixedIn,
  );
  const hasValue = config.advantageEstimator === "gae";
  const models = config.memoryMode === "separate" ? 2 + (hasValue ? 1 : 0) + rewardModels : 1;
  // The value model's trained weights and their two moments stay beside the policy's.
  const trained = trainedParameters(config, shape);
  const beside = hasValue && config.memoryMode !== "offload" ? 2 * trained * FLOAT : 0;
  const wholeLogits = config.topP < 1 || config.entropyCoefficient > 0;
  const logits = wholeLogits ? config.microBatchSize * config.maxNewTokens * shape.vocabSize * LOGIT_COPIES * FLOAT : 0;
  const ofStep = {
    runtime: one.runtime + PASSES[operations][config.memoryMode],
    weights: one.weights * models,
    optimizer: one.optimizer + beside,
    activations: one.activations,
    working: Math.max(one.working, logits) + cacheOf(config, shape, Math.max(0, ...prompts)),
  };
  const parts = { ...ofStep, checkpoint: beyondStep((hasValue ? 2 : 1) * trained, ofStep) };
  return { ...parts, total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
}

/** Writes one line for a person: what each way of holding the models would take. Sharing a base needs an adapter. */
export function describeMemoryModes(
  config: PpoMemoryConfig,
  shape: ModelShape,
  prompts: readonly number[],
  rewardModels: number,
  operations: Operations,
  mixedIn: readonly ExampleTokens[] = [],
): string {
  const modes = (["adapters", "separate", "offload"] as const).filter(
    (mode) => mode !== "adapters" || config.lora !== undefined || config.adapter !== undefined,
  );
  const each = modes.map((memoryMode) => {
    const { total } = estimatePpoMemory({ ...config, memoryMode }, shape, prompts, rewardModels, operations, mixedIn);
    return `${memoryMode} ${(total / 1e9).toFixed(1)} GB`;
  });
  return `Memory by mode: ${each.join(", ")}; this run: ${config.memoryMode}.`;
}

/** The keys and values of the completions that are written at one time; off-loading frees them before the update. */
function cacheOf(
  { memoryMode, rolloutBatchSize, samplesPerPrompt, maxNewTokens }: PpoMemoryConfig,
  { layers, keyValueHeads, headDim }: ModelShape,
  prompt: number,
): number {
  if (memoryMode === "offload") return 0;
  const rows = Math.min(ROWS, rolloutBatchSize * samplesPerPrompt);
  return Math.min(MOST_CACHE, rows * (prompt + maxNewTokens) * layers * 2 * keyValueHeads * headDim * FLOAT);
}
