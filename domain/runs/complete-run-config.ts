import { completePpoConfig } from "./complete-ppo-config";
import type { Complete, CompleteRunConfig, LossOn, OfflineMethod, OfflineRunConfig, RunConfig } from "./run-config";
import { totalSteps } from "./total-steps";

/** What the choice of defaults depends on. */
export type RunCircumstances = {
  examples: number;
  device: "cpu" | "gpu";
  /** Of single rated completions: how many of the examples are desirable. */
  desirable?: number;
  /** Optimizer steps exactly, where groups that stay together change their number. */
  countSteps?: (config: { batchSize: number; epochs: number; maxSteps?: number }) => number;
};

/** Fewer optimizer steps than this seldom move a model, whatever the learning rate. */
export const STEPS_THAT_MOVE_A_MODEL = 20;

/** What the defaults aim at: twice the least. A choice for caution, not yet a measured optimum. */
const STEPS_TO_AIM_AT = 2 * STEPS_THAT_MOVE_A_MODEL;

/**
 * Examples in memory at once. On two cores, with pairs of up to 512 tokens, four instead of two took the default base from
 * 222 to 234 tokens/s (DPO) and from about 425 to 438 (reward models), SFT not at all, for 0.3 to 0.6 GB more: DPO 3.4 GB
 * then, and 2.9 GB since norms and SwiGLU are made again.
 */
const HELD_AT_ONCE = { cpu: 4, gpu: 16 };

/** KTO sets an example's completion against the batch's other prompts. */
const SMALLEST_BATCH: Partial<Record<OfflineMethod, number>> = { kto: 2 };

/** The guide's learning rates for all weights (the middle of its ranges) and how much more an adapter takes. */
const LEARNING_RATES: Record<OfflineMethod, { full: number; adapterFactor: number }> = {
  sft: { full: 2e-5, adapterFactor: 10 },
  reward: { full: 1e-5, adapterFactor: 10 },
  dpo: { full: 5e-6, adapterFactor: 10 },
  kto: { full: 5e-6, adapterFactor: 10 },
  orpo: { full: 8e-6, adapterFactor: 10 },
  simpo: { full: 1e-6, adapterFactor: 10 },
};

export type RecommendedDefaults = {
  batchSize: number;
  microBatchSize: number;
  epochs: number;
  learningRate: number;
  /** Optimizer steps that these come to. */
  steps: number;
  /** Why, in plain words, a line each: shown on the sheet and in the log. */
  reasons: string[];
};

/**
 * Batch size, epochs and learning rate for this much data on this device. The guide's batches of 32 and more want
 * thousands of examples; with fewer (or without a GPU, where every example costs a person's time) the batch shrinks
 * until the run comes to about 40 optimizer steps (at the very least 20), with up to three epochs, or with as many as
 * were asked for.
 */
export function recommendDefaults(
  method: OfflineMethod,
  { examples, device, countSteps = (of) => totalSteps(of, examples) }: RunCircumstances,
  { adapter = true, epochs: asked, maxSteps }: { adapter?: boolean; epochs?: number; maxSteps?: number } = {},
): RecommendedDefaults {
  const reasons: string[] = [];
  const largest = device === "gpu" ? 64 : 16;
  const steps = (batchSize: number, epochs: number) => totalSteps({ batchSize, epochs }, examples);
  let batchSize = largest;
  let epochs = asked ?? 1;
  while (asked === undefined && epochs < 3 && steps(batchSize, epochs) < STEPS_TO_AIM_AT) epochs += 1;
  while (batchSize > (SMALLEST_BATCH[method] ?? 1) && steps(batchSize, epochs) < STEPS_TO_AIM_AT)
    batchSize = Math.ceil(batchSize / 2);
  // A run given in steps means those steps: the epochs follow from them.
  if (asked === undefined && maxSteps !== undefined) {
    epochs = Math.max(1, Math.ceil((maxSteps * batchSize) / Math.max(1, examples)));
  }
  const made = countSteps({ batchSize, epochs, ...(maxSteps !== undefined && { maxSteps }) });
  if (batchSize < 32) {
    const because = device === "cpu" && examples >= 32 * 20 ? "there is no GPU" : `there are only ${examples} examples`;
    const count = `${batchSize} ${batchSize === 1 ? "example" : "examples"}`;
    reasons.push(
      `Batch of ${count} instead of the usual 32–128, because ${because}: that makes ${made} ${made === 1 ? "step" : "steps"}, and fewer than ${STEPS_THAT_MOVE_A_MODEL} seldom change a model.`,
    );
  }
  if (epochs > 1) reasons.push(`${epochs} epochs: with this little data one pass is too short to learn from.`);
  const { full, adapterFactor } = LEARNING_RATES[method];
  const learningRate = Number((adapter ? full * adapterFactor : full).toPrecision(3));
  if (adapter) {
    reasons.push(
      `Learning rate ${learningRate}: an adapter takes about ${adapterFactor} times the ${full} of training all weights.`,
    );
  }
  return {
    batchSize,
    microBatchSize: Math.min(batchSize, HELD_AT_ONCE[device]),
    epochs,
    learningRate,
    steps: made,
    reasons,
  };
}

/** Fills what was left open, for any method. */
export function completeRunConfig(
  config: RunConfig,
  circumstances: RunCircumstances,
): { config: CompleteRunConfig; reasons: string[] } {
  return config.method === "ppo"
    ? completePpoConfig(config, circumstances)
    : completeOfflineConfig(config, circumstances);
}

/**
 * Fills what was left open. A key that was given stays as given; `reasons` speaks only of keys that were not.
 */
export function completeOfflineConfig<Config extends OfflineRunConfig>(
  config: Config,
  circumstances: RunCircumstances,
): { config: Complete<Config>; reasons: string[] } {
  const adapter = config.lora !== undefined || config.adapter !== undefined;
  const recommended = recommendDefaults(config.method, circumstances, {
    adapter,
    ...(config.epochs !== undefined && { epochs: config.epochs }),
    ...(config.maxSteps !== undefined && { maxSteps: config.maxSteps }),
  });
  const batchSize = config.batchSize ?? recommended.batchSize;
  const chosen = (keys: RegExp) => recommended.reasons.filter((reason) => keys.test(reason));
  // A run given in steps means those steps: the epochs follow from them.
  const epochs =
    config.epochs ??
    (config.maxSteps === undefined
      ? recommended.epochs
      : Math.max(1, Math.ceil((config.maxSteps * batchSize) / Math.max(1, circumstances.examples))));
  // What each method adds: as `Complete` lists it, which a type can't be shown to follow from `method` here.
  const weights = config.method === "kto" ? classWeights(config, circumstances) : null;
  const own = config.method === "sft" ? { lossOn: config.lossOn ?? lossOnOf(config) } : weights?.values;
  const { countSteps = (of) => totalSteps(of, circumstances.examples) } = circumstances;
  const steps = countSteps({ ...config, batchSize, epochs });
  return {
    config: {
      ...config,
      ...own,
      batchSize,
      microBatchSize: Math.min(config.microBatchSize ?? HELD_AT_ONCE[circumstances.device], batchSize),
      epochs,
      learningRate: config.learningRate ?? recommended.learningRate,
      warmupSteps: config.warmupSteps ?? Math.ceil(config.warmupRatio * steps),
      evaluateEvery: config.evaluateEvery ?? Math.max(1, Math.ceil(steps / 5)),
      checkpointEvery: config.checkpointEvery ?? Math.max(1, Math.ceil(steps / 10)),
      ...(config.lora ? { lora: { ...config.lora, alpha: config.lora.alpha ?? 2 * config.lora.rank } } : {}),
    } as Complete<Config>,
    reasons: [
      ...(config.batchSize === undefined ? chosen(/^Batch/) : []),
      ...(config.epochs === undefined && config.maxSteps === undefined ? chosen(/epochs:/) : []),
      ...(config.learningRate === undefined ? chosen(/^Learning rate/) : []),
      ...(weights?.reasons ?? []),
    ],
  };
}

function lossOnOf({ completionOnlyLoss }: { completionOnlyLoss: boolean }): LossOn {
  return completionOnlyLoss ? "completion" : "everything";
}

/** What the weighted counts of desirable and undesirable should stand to each other as, says the KTO paper (section 4). */
const CLASS_RATIO = { min: 1, max: 4 / 3 };

/** The rarer kind counts for more where the two are further apart than KTO's paper found good. */
function classWeights(
  { desirableWeight, undesirableWeight }: { desirableWeight?: number; undesirableWeight?: number },
  { examples, desirable = 0 }: RunCircumstances,
): { values: { desirableWeight: number; undesirableWeight: number }; reasons: string[] } {
  const undesirable = examples - desirable;
  const given = desirableWeight !== undefined || undesirableWeight !== undefined;
  const plain = { desirableWeight: desirableWeight ?? 1, undesirableWeight: undesirableWeight ?? 1 };
  if (given || desirable <= 0 || undesirable <= 0) return { values: plain, reasons: [] };
  const ratio = desirable / undesirable;
  const round = (weight: number) => Number(weight.toPrecision(3));
  const values =
    ratio > CLASS_RATIO.max
      ? { desirableWeight: 1, undesirableWeight: round(ratio / CLASS_RATIO.max) }
      : { desirableWeight: round(Math.max(1, CLASS_RATIO.min / ratio)), undesirableWeight: 1 };
  if (values.desirableWeight === 1 && values.undesirableWeight === 1) return { values, reasons: [] };
  const reason = `Weights ${values.desirableWeight} (desirable) and ${values.undesirableWeight} (undesirable), because there are ${desirable} and ${undesirable} of them: the rarer kind would hardly be heard.`;
  return { values, reasons: [reason] };
}
