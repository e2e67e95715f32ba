import type { RunCircumstances } from "./complete-run-config";
import type { PpoConfig, RunConfig } from "./run-config";

/** Fewer iterations than this seldom move a policy. */
const ITERATIONS_TO_AIM_AT = 40;

/** By device: prompts an iteration, completions a minibatch, completions held in memory at once, new tokens. */
const DEFAULTS = {
  cpu: { rolloutBatchSize: 16, minibatchSize: 8, microBatchSize: 4, maxNewTokens: 64 },
  gpu: { rolloutBatchSize: 128, minibatchSize: 64, microBatchSize: 16, maxNewTokens: 256 },
};

/** The middle of the guide's ranges for all weights; an adapter takes ten times as much. */
const LEARNING_RATES = { policy: 3e-6, value: 2e-5 };
const ADAPTER_FACTOR = 10;

/** Fills what a PPO run left open. A key that was given stays as given; `reasons` speaks only of keys that were not. */
export function completePpoConfig(
  config: Extract<RunConfig, { method: "ppo" }>,
  { examples, device }: RunCircumstances,
): { config: PpoConfig; reasons: string[] } {
  const reasons: string[] = [];
  const adapter = config.lora !== undefined || config.adapter !== undefined;
  const defaults = DEFAULTS[device];
  const rate = (full: number) => Number((adapter ? full * ADAPTER_FACTOR : full).toPrecision(3));

  const rolloutBatchSize = config.rolloutBatchSize ?? Math.max(1, Math.min(defaults.rolloutBatchSize, examples));
  if (config.rolloutBatchSize === undefined && rolloutBatchSize < 512) {
    const because = rolloutBatchSize === examples ? `there are only ${examples}` : `of the device (${device})`;
    reasons.push(`${rolloutBatchSize} prompts an iteration instead of the usual 512–2048, because ${because}.`);
  }
  const samplesPerPrompt = config.samplesPerPrompt ?? (config.advantageEstimator === "gae" ? 1 : 4);
  const completions = rolloutBatchSize * samplesPerPrompt;
  const minibatchSize = Math.min(config.minibatchSize ?? defaults.minibatchSize, completions);
  const iterations = config.maxSteps ?? ITERATIONS_TO_AIM_AT;
  const perPass = Math.max(1, Math.ceil(examples / rolloutBatchSize));
  const epochs = config.epochs ?? Math.ceil(iterations / perPass);
  if (config.epochs === undefined && config.maxSteps === undefined && epochs > 1) {
    reasons.push(`${epochs} passes over the prompts, for at least ${ITERATIONS_TO_AIM_AT} iterations.`);
  }
  const policyLearningRate = config.policyLearningRate ?? rate(LEARNING_RATES.policy);
  if (adapter && config.policyLearningRate === undefined) {
    reasons.push(
      `Policy learning rate ${policyLearningRate}: an adapter takes about ${ADAPTER_FACTOR} times the ${LEARNING_RATES.policy} of training all weights.`,
    );
  }
  return {
    config: {
      ...config,
      rolloutBatchSize,
      samplesPerPrompt,
      minibatchSize,
      microBatchSize: Math.min(config.microBatchSize ?? defaults.microBatchSize, minibatchSize),
      maxNewTokens: config.maxNewTokens ?? defaults.maxNewTokens,
      epochs,
      policyLearningRate,
      valueLearningRate: config.valueLearningRate ?? rate(LEARNING_RATES.value),
      memoryMode: config.memoryMode ?? (adapter ? "adapters" : "separate"),
      ...(config.lora ? { lora: { ...config.lora, alpha: config.lora.alpha ?? 2 * config.lora.rank } } : {}),
    },
    reasons,
  };
}
