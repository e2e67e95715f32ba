import { z } from "zod";
import { ppoFields } from "../fields/ppo";
import { mixIssues } from "../fields/sft-mix";
import { sharedFields } from "../fields/shared";
import type { ConfigIssue, Reason } from "../run-remarks";
import { totalSteps } from "../total-steps";
import { type Asked, type Completed, defaultRate, defineMethod, type RunCircumstances } from "./method-description";

/** Fewer iterations than this seldom move a policy. */
const ITERATIONS_TO_AIM_AT = 40;

/**
 * The defaults by device: prompts an iteration, completions a minibatch, completions held in memory at once, new
 * tokens.
 */
const DEFAULTS = {
  cpu: { rolloutBatchSize: 16, minibatchSize: 8, microBatchSize: 4, maxNewTokens: 64 },
  gpu: { rolloutBatchSize: 128, minibatchSize: 64, microBatchSize: 16, maxNewTokens: 256 },
};

/**
 * For all weights the defaults are the middle of the post-training guide's ranges, which are for thousands of optimizer
 * steps. Adapters of PPO bear more than ten times these rates, as measured on the default base (docs/ppo.md).
 */
const LEARNING_RATES = {
  policyLearningRate: {
    full: 3e-6,
    adapterFactor: 10,
    range: [1e-6, 5e-6],
    adapterRange: [1e-5, 2e-4],
    source:
      "the post-training guide's range for this method; for an adapter, the range that worked on the default base",
  },
  valueLearningRate: {
    of: "the value model",
    full: 2e-5,
    adapterFactor: 10,
    range: [1e-5, 5e-5],
    adapterRange: [1e-4, 5e-4],
    source: "the post-training guide's range for the value model; ten times it for an adapter",
  },
} as const;

/**
 * In a run of a few hundred optimizer steps an adapter takes the highest rate that held on the default base
 * (docs/ppo.md).
 */
const SHORT_RUN = { steps: 1000, policyLearningRate: 2e-4, valueLearningRate: 5e-4 };

/** The β where neither it nor a target for the KL was chosen. */
export const FIXED_KL_COEFFICIENT = 0.1;

/**
 * The number of completions over which β adapts. A published run of some hundred thousand completions took 10,000
 * (Ziegler et al. 2019); at that horizon a run of a thousand would end with the β that it began with. A twentieth of
 * the run lets β change by a factor of up to e⁴ ≈ 55 either way in its course, at most by a fifth an iteration.
 */
function klHorizonFor(completions: number, iterations: number): number {
  return Math.max(completions, Math.min(LONGEST_KL_HORIZON, Math.round((completions * iterations) / HORIZONS_A_RUN)));
}
const LONGEST_KL_HORIZON = 10_000;
const HORIZONS_A_RUN = 20;

/** The keys of PPO's iterations, which take the place of other methods' steps over batches of records. */
const { batchSize: _batch, learningRate: _rate, epochs: _epochs, ...sharedByPpo } = sharedFields;
const shape = { method: z.literal("ppo"), ...sharedByPpo, ...ppoFields };

const LEFT_OPEN = [
  "microBatchSize",
  "epochs",
  "rolloutBatchSize",
  "samplesPerPrompt",
  "minibatchSize",
  "maxNewTokens",
  "klHorizon",
  "policyLearningRate",
  "valueLearningRate",
  "memoryMode",
] as const;

type AskedPpo = Asked<typeof shape>;

/** PPO, RLOO and GRPO; the losses are in `trainer/losses/ppo-clip.ts` and beside it. */
export const ppo = defineMethod(shape, {
  words: {
    name: "PPO",
    title: "PPO",
    subject: "PPO",
    suits:
      "Learns from completions that the policy writes itself, scored by a reward model or a rule. It suits several or computed rewards and the last bit of quality; it takes far longer than DPO, which is the better start.",
  },
  learnsFrom: "prompt",
  makes: "policy",
  counts: "iteration",
  shows: ["rollouts", "text"],
  learningRates: LEARNING_RATES,
  leftOpen: LEFT_OPEN,
  notOffered: ["lora.dropout"],
  retiredKeys: {
    valueCoefficient:
      "this weight no longer exists: the value model has its own optimizer, whose steps do not depend on a factor of the loss; valueLearningRate sets their size",
  },
  findIssues,
  complete,
});

/**
 * The new tokens of a completion, where nobody chose them. They decide which prompts fit, so they are filled before the
 * prompts are counted.
 */
export const newTokensOf = (
  { maxNewTokens }: Pick<AskedPpo, "maxNewTokens">,
  device: RunCircumstances["device"],
): number => maxNewTokens ?? DEFAULTS[device].maxNewTokens;

function complete(
  config: AskedPpo,
  { examples, device, fromAdapter = false }: RunCircumstances,
): { config: Completed<AskedPpo, (typeof LEFT_OPEN)[number]>; reasons: Reason[] } {
  const reasons: Reason[] = [];
  const because = (field: keyof AskedPpo, text: string) => reasons.push({ field, text });
  const adapter = config.lora !== undefined || fromAdapter;
  const defaults = DEFAULTS[device];

  const rolloutBatchSize = config.rolloutBatchSize ?? Math.max(1, Math.min(defaults.rolloutBatchSize, examples));
  if (config.rolloutBatchSize === undefined && rolloutBatchSize < 512) {
    const cause = rolloutBatchSize === examples ? `there are only ${examples}` : `of the device (${device})`;
    because(
      "rolloutBatchSize",
      `${rolloutBatchSize} prompts per iteration instead of the usual 512–2048, because ${cause}.`,
    );
  }
  const samplesPerPrompt = config.samplesPerPrompt ?? (config.advantageEstimator === "gae" ? 1 : 4);
  const completions = rolloutBatchSize * samplesPerPrompt;
  const minibatchSize = Math.min(config.minibatchSize ?? defaults.minibatchSize, completions);
  const iterations = config.maxSteps ?? ITERATIONS_TO_AIM_AT;
  const perPass = Math.max(1, Math.ceil(examples / rolloutBatchSize));
  const epochs = config.epochs ?? Math.ceil(iterations / perPass);
  if (config.epochs === undefined && config.maxSteps === undefined && epochs > 1) {
    because("epochs", `${epochs} passes over the prompts, to reach at least ${ITERATIONS_TO_AIM_AT} iterations.`);
  }
  const run = totalSteps({ epochs, rolloutBatchSize, ...(config.maxSteps && { maxSteps: config.maxSteps }) }, examples);
  const short = adapter && run * config.ppoEpochs * Math.ceil(completions / minibatchSize) <= SHORT_RUN.steps;
  const rateOf = (key: keyof typeof LEARNING_RATES) =>
    config[key] ?? (short ? SHORT_RUN[key] : defaultRate(LEARNING_RATES[key], adapter));
  const policyLearningRate = rateOf("policyLearningRate");
  if (adapter && config.policyLearningRate === undefined) {
    const { full, adapterFactor } = LEARNING_RATES.policyLearningRate;
    const than = `than the ${full} of training all weights`;
    because(
      "policyLearningRate",
      short
        ? `Policy learning rate ${policyLearningRate}: an adapter takes more ${than}, and a run of so few steps the most that is safe.`
        : `Policy learning rate ${policyLearningRate}: an adapter takes about ${adapterFactor} times more ${than}.`,
    );
  }
  const klHorizon = config.klHorizon ?? klHorizonFor(completions, run);
  if (config.klTarget !== undefined && config.klHorizon === undefined && klHorizon < LONGEST_KL_HORIZON) {
    because(
      "klHorizon",
      `KL horizon ${klHorizon} instead of 10,000, so that β finds its place within ${run} iterations.`,
    );
    if (config.klLookahead === undefined) {
      because(
        "klLookahead",
        "No KL look-ahead: β follows the published formula and falls for as long as the KL is below its target. With a look-ahead of 10, β stops falling once the KL is rising towards the target.",
      );
    }
  }
  const klCoefficient = config.klCoefficient ?? (config.klTarget === undefined ? FIXED_KL_COEFFICIENT : undefined);
  if (config.klCoefficient === undefined) {
    because(
      "klCoefficient",
      klCoefficient === undefined
        ? `KL coefficient β is automatic: the scores of the first iteration decide where β starts, then β adapts until the KL is about ${config.klTarget} nats.`
        : `KL coefficient β ${klCoefficient}, between the aggressive 0.01 and the conservative 0.2; without a KL target, β stays constant.`,
    );
  }
  return {
    config: {
      ...config,
      rolloutBatchSize,
      samplesPerPrompt,
      minibatchSize,
      microBatchSize: Math.min(config.microBatchSize ?? defaults.microBatchSize, minibatchSize),
      maxNewTokens: newTokensOf(config, device),
      epochs,
      policyLearningRate,
      valueLearningRate: rateOf("valueLearningRate"),
      klHorizon,
      ...(klCoefficient === undefined ? {} : { klCoefficient }),
      memoryMode: config.memoryMode ?? (adapter ? "adapters" : "separate"),
      ...(config.lora ? { lora: { ...config.lora, alpha: config.lora.alpha ?? 2 * config.lora.rank } } : {}),
    },
    reasons,
  };
}

function findIssues(config: AskedPpo, { fromAdapter }: { fromAdapter: boolean }): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const refuse = (key: keyof AskedPpo, message: string) => issues.push({ path: [key], message });
  const { microBatchSize, minibatchSize, advantageEstimator, samplesPerPrompt } = config;
  if (microBatchSize && minibatchSize && microBatchSize > minibatchSize) {
    refuse("microBatchSize", `${microBatchSize} is more than minibatchSize ${minibatchSize}`);
  }
  if (advantageEstimator !== "gae" && samplesPerPrompt === 1) {
    refuse("samplesPerPrompt", `${advantageEstimator} compares completions of one prompt and needs 2 or more`);
  }
  if (config.memoryMode === "adapters" && !config.lora && !fromAdapter) {
    refuse("memoryMode", '"adapters" shares one frozen base; it needs "lora", or an "adapter" to continue');
  }
  if (config.lora && config.lora.dropout > 0) {
    const message =
      "PPO compares a completion's log-probs with those at sampling time, which a dropout mask would change; leave lora.dropout at 0";
    issues.push({ path: ["lora", "dropout"], message });
  }
  issues.push(...mixIssues(config));
  if (config.auxiliaryDataset !== undefined && config.auxiliaryCoefficient === 0) {
    refuse(
      "auxiliaryDataset",
      "nothing is learned from the auxiliary text; this key needs auxiliaryCoefficient above 0",
    );
  }
  if (config.klLookahead !== undefined && config.klTarget === undefined) {
    refuse("klLookahead", "without a target, β stays constant; this key needs klTarget");
  }
  if (config.suiteThresholds !== undefined && config.suitesEvery === undefined) {
    refuse("suiteThresholds", "no suite is scored; this key needs suitesEvery");
  }
  config.rewardFunctions.forEach((reward, index) => {
    if (reward.name !== "regularExpression") return;
    try {
      new RegExp(reward.pattern, reward.flags);
    } catch (error) {
      refuse("rewardFunctions", `${index}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return issues;
}
