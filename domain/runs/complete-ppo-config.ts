import type { RunCircumstances } from "./complete-run-config";
import type { PpoConfig, RunConfig } from "./run-config";
import { totalSteps } from "./total-steps";

/** Fewer iterations than this seldom move a policy. */
const ITERATIONS_TO_AIM_AT = 40;

/** By device: prompts an iteration, completions a minibatch, completions held in memory at once, new tokens. */
const DEFAULTS = {
  cpu: { rolloutBatchSize: 16, minibatchSize: 8, microBatchSize: 4, maxNewTokens: 64 },
  gpu: { rolloutBatchSize: 128, minibatchSize: 64, microBatchSize: 16, maxNewTokens: 256 },
};

/**
 * The middle of the guide's ranges for all weights, which are for thousands of optimizer steps. An adapter takes ten times
 * as much, and in a run of a few hundred steps the most that held on the default base (docs/ppo.md).
 */
const LEARNING_RATES = { policy: 3e-6, value: 2e-5 };
const ADAPTER_FACTOR = 10;
const SHORT_RUN = { steps: 1000, policy: 2e-4, value: 5e-4 };

/** β where neither it nor a target for the KL was chosen. */
export const FIXED_KL_COEFFICIENT = 0.1;

/**
 * Completions over which β adapts. A published run of some hundred thousand completions took 10,000 (Ziegler et al. 2019);
 * at that horizon a run of a thousand would end with the β that it began with. A twentieth of the run lets β change by a
 * factor of up to e⁴ ≈ 55 either way in its course, at most by a fifth an iteration.
 */
function klHorizonFor(completions: number, iterations: number): number {
  return Math.max(completions, Math.min(LONGEST_KL_HORIZON, Math.round((completions * iterations) / HORIZONS_A_RUN)));
}
const LONGEST_KL_HORIZON = 10_000;
const HORIZONS_A_RUN = 20;

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
  const run = totalSteps({ epochs, rolloutBatchSize, maxSteps: config.maxSteps }, examples);
  const short = adapter && run * config.ppoEpochs * Math.ceil(completions / minibatchSize) <= SHORT_RUN.steps;
  const policyLearningRate = config.policyLearningRate ?? (short ? SHORT_RUN.policy : rate(LEARNING_RATES.policy));
  const valueLearningRate = config.valueLearningRate ?? (short ? SHORT_RUN.value : rate(LEARNING_RATES.value));
  if (adapter && config.policyLearningRate === undefined) {
    const than = `than the ${LEARNING_RATES.policy} of training all weights`;
    reasons.push(
      short
        ? `Policy learning rate ${policyLearningRate}: an adapter takes more ${than}, and a run of so few steps the most that is safe.`
        : `Policy learning rate ${policyLearningRate}: an adapter takes about ${ADAPTER_FACTOR} times more ${than}.`,
    );
  }
  const klHorizon = config.klHorizon ?? klHorizonFor(completions, run);
  if (config.klTarget !== undefined && config.klHorizon === undefined && klHorizon < LONGEST_KL_HORIZON) {
    reasons.push(`KL horizon ${klHorizon} instead of 10,000, so that β finds its place within ${run} iterations.`);
    if (config.klLookahead === undefined) {
      reasons.push(
        "KL look-ahead left out: β follows the published formula and falls for as long as KL is below its target; with 10 it stops falling once KL is on its way.",
      );
    }
  }
  const klCoefficient = config.klCoefficient ?? (config.klTarget === undefined ? FIXED_KL_COEFFICIENT : undefined);
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
      valueLearningRate,
      klHorizon,
      ...(klCoefficient === undefined ? {} : { klCoefficient }),
      memoryMode: config.memoryMode ?? (adapter ? "adapters" : "separate"),
      ...(config.lora ? { lora: { ...config.lora, alpha: config.lora.alpha ?? 2 * config.lora.rank } } : {}),
    },
    reasons,
  };
}
