import type { z } from "zod";
import { STEPS_THAT_MOVE_A_MODEL } from "./complete-run-config";
import { fieldMeanings } from "./field-meaning";
import { loraSchema } from "./fields/lora";
import { type CompleteRunConfig, configSchemas, type Method } from "./run-config";
import { totalSteps } from "./total-steps";

export type RunWarning = { field: string; message: string };

/** The guide's learning rates for all weights; an adapter's are ten times these. */
const LEARNING_RATE_RANGES: Record<Method, [number, number]> = {
  sft: [1e-5, 5e-5],
  reward: [1e-6, 5e-5],
  dpo: [5e-7, 5e-6],
  kto: [5e-7, 5e-6],
  orpo: [5e-6, 5e-5],
  simpo: [3e-7, 5e-6],
  ppo: [1e-6, 5e-6],
};

/** Adapters of PPO bear more than ten times what all weights do: measured on the default base (docs/ppo.md). */
const PPO_ADAPTER: [number, number] = [1e-5, 2e-4];

/** The range of learning rates that is safe for this method, adapter or not. */
export function safeLearningRate(method: Method, adapter: boolean): [number, number] {
  if (method === "ppo" && adapter) return PPO_ADAPTER;
  const [low, high] = LEARNING_RATE_RANGES[method];
  return adapter ? [Number((low * 10).toPrecision(3)), Number((high * 10).toPrecision(3))] : [low, high];
}

/**
 * Hyperparameters outside the guide's ranges, and those that do not suit the data, each by name. Allowed, but said.
 *
 * @param desirable of single rated completions: how many of the examples are desirable, where that is known
 */
export function rangeWarnings(config: CompleteRunConfig, examples: number, desirable?: number): RunWarning[] {
  const warnings = [
    ...outsideSafe(configSchemas[config.method].shape, config, ""),
    ...(config.lora ? outsideSafe(loraSchema.shape, config.lora, "lora.") : []),
  ];
  const adapter = config.lora !== undefined || config.adapter !== undefined;
  if (config.method === "ppo") {
    warnings.push(...rateWarnings("policyLearningRate", config.policyLearningRate, "ppo", adapter));
    warnings.push(...rateWarnings("valueLearningRate", config.valueLearningRate, "the value model", adapter));
  } else warnings.push(...rateWarnings("learningRate", config.learningRate, config.method, adapter));
  const steps = totalSteps(config, examples);
  if (steps < STEPS_THAT_MOVE_A_MODEL) {
    warnings.push({
      field: config.method === "ppo" ? "epochs" : "batchSize",
      message: `The run has only ${steps} ${config.method === "ppo" ? "iteration" : "optimizer step"}${steps === 1 ? "" : "s"}; fewer than ${STEPS_THAT_MOVE_A_MODEL} seldom change a model. ${config.method === "ppo" ? "Take more epochs." : "Take a smaller batch or collect more labels."}`,
    });
  }
  if (config.method === "kto") warnings.push(...ktoWarnings(config.batchSize, examples, desirable));
  if (config.method === "simpo") warnings.push(...simpoWarnings(config));
  if (config.method === "dpo" && config.loss === "sigmoid_norm") return withNormalisedBeta(warnings, config.beta);
  return warnings;
}

function rateWarnings(field: string, rate: number, of: Method | "the value model", adapter: boolean): RunWarning[] {
  const [low, high] = of === "the value model" ? valueLearningRates(adapter) : safeLearningRate(of, adapter);
  if (rate >= low && rate <= high) return [];
  const what = adapter ? `${of} with an adapter` : of;
  return [{ field, message: `${field} ${rate} is outside ${short(low)}–${short(high)}, the usual range of ${what}.` }];
}

export const valueLearningRates = (adapter: boolean): [number, number] => (adapter ? [1e-4, 5e-4] : [1e-5, 5e-5]);

/** TRL refuses the first outright. */
function ktoWarnings(batchSize: number, examples: number, desirable?: number): RunWarning[] {
  const warnings: RunWarning[] = [];
  if (batchSize === 1) {
    const message = `batchSize 1: KTO measures its reference point on other prompts of the batch, of which there are none; take 2 or more.`;
    warnings.push({ field: "ktoBatchOfOne", message });
  }
  if (desirable === 0 || desirable === examples) {
    const kind = desirable === 0 ? "undesirable" : "desirable";
    const message = `All ${examples} completions are ${kind}: KTO learns from the difference between both kinds. ${desirable === 0 ? "Collect good ones too." : "Collect bad ones too, or take method sft."}`;
    warnings.push({ field: "ktoOneKind", message });
  }
  return warnings;
}

/** The defaults that TRL's trainer gives SimPO (those of plain CPO) ask for a lead that no mean log-prob can have. */
function simpoWarnings({ beta, gamma }: { beta: number; gamma: number }): RunWarning[] {
  const ratio = gamma / beta;
  if (ratio >= 0.1 && ratio <= 0.8) return [];
  const known = beta === 0.1 && gamma === 0.5 ? "These are the defaults of TRL's trainer, known to fail: " : "";
  const message = `${known}gamma ÷ beta is ${Number(ratio.toPrecision(3))}, outside the published 0.1–0.8; beta 2 with gamma 1 is a good start.`;
  return [{ field: known ? "simpoKnownBadDefaults" : "gamma", message }];
}

/** Means over tokens are some hundred times smaller than sums: the usual β would hardly move anything. */
function withNormalisedBeta(warnings: RunWarning[], beta: number): RunWarning[] {
  const others = warnings.filter(({ field }) => field !== "beta");
  if (beta >= 2 && beta <= 10) return others;
  const message = `beta ${beta} is outside 2–10, the range for loss "sigmoid_norm": it was published with 5.`;
  return [{ field: "beta", message }, ...others];
}

function outsideSafe(shape: Record<string, z.ZodType>, values: object, prefix: string): RunWarning[] {
  const warnings: RunWarning[] = [];
  for (const [key, schema] of Object.entries(shape)) {
    const safe = fieldMeanings.get(schema)?.safe;
    const value = (values as Record<string, unknown>)[key];
    if (!safe || typeof value !== "number") continue;
    if ((safe.min !== undefined && value < safe.min) || (safe.max !== undefined && value > safe.max)) {
      const range = `${safe.min ?? "…"}–${safe.max ?? "…"}`;
      warnings.push({ field: prefix + key, message: `${prefix}${key} ${value} is outside ${range}: ${safe.why}.` });
    }
  }
  return warnings;
}

/** 5e-6 rather than 0.000005. */
function short(rate: number): string {
  return rate < 1e-3 ? rate.toExponential() : String(rate);
}
