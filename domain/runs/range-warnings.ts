import { fieldMeanings, type SafeRange } from "./field-meaning";
import { loraSchema } from "./fields/lora";
import { methodOf } from "./methods";
import { STEPS_THAT_MOVE_A_MODEL } from "./methods/recommend-defaults";
import type { CompleteHyperparameters } from "./run-config";
import type { RunWarning } from "./run-remarks";
import { safeRangeOf, usualLearningRates } from "./safe-ranges";
import { totalSteps } from "./total-steps";

/** The words for too few steps, by what a method counts, with what to do about them. */
const FEW_STEPS = {
  step: {
    field: "batchSize",
    noun: "optimizer step",
    remedy: "Use a smaller batch or collect more labels.",
  },
  iteration: { field: "epochs", noun: "iteration", remedy: "Use more epochs." },
};

/**
 * Warns of hyperparameters outside the usual ranges of their method, and of those that do not suit the data, each by
 * name. Such values are allowed.
 *
 * @param data what the run trains on (`desirable`: of single rated completions, where that is known), and whether it
 * goes on with an adapter
 */
export function rangeWarnings(
  config: CompleteHyperparameters,
  data: { examples: number; desirable?: number | undefined; fromAdapter?: boolean },
): RunWarning[] {
  const method = methodOf(config.method);
  const adapter = config.lora !== undefined || data.fromAdapter === true;
  const safeOfLora = (key: string) => fieldMeanings.get(loraSchema.shape[key as keyof typeof loraSchema.shape])?.safe;
  return [
    ...outsideSafe(Object.keys(method.schema.shape), config, (key) => safeRangeOf(config.method, key, config)),
    ...(config.lora ? outsideSafe(Object.keys(loraSchema.shape), config.lora, safeOfLora, "lora.") : []),
    ...(config.lora ? missingTargets(config.lora.targets) : []),
    ...smallBatch(config, data.examples),
    ...rateWarnings(config, adapter),
    ...fewSteps(config, data.examples),
    ...(method.findWarnings?.(config, data) ?? []),
  ];
}

function rateWarnings(config: CompleteHyperparameters, adapter: boolean): RunWarning[] {
  const values: Readonly<Record<string, unknown>> = config;
  return usualLearningRates(config.method, adapter).flatMap(
    ({ key, rate: { source, adapterFactor, adapterRange }, low, high }) => {
      const rate = Number(values[key]);
      if (rate >= low && rate <= high) return [];
      const times = adapter && !adapterRange ? `, times ${adapterFactor} for an adapter` : "";
      const message = `${key} ${rate} is outside ${short(low)}–${short(high)}: ${source}${times}.`;
      return [{ field: key, message }];
    },
  );
}

function fewSteps(config: CompleteHyperparameters, examples: number): RunWarning[] {
  const steps = totalSteps(config, examples);
  if (steps >= STEPS_THAT_MOVE_A_MODEL) return [];
  const { field, noun, remedy } = FEW_STEPS[methodOf(config.method).counts];
  const message = `The run has only ${steps} ${noun}${steps === 1 ? "" : "s"}; fewer than ${STEPS_THAT_MOVE_A_MODEL} seldom change a model. ${remedy}`;
  return [{ field, message }];
}

function outsideSafe(
  keys: readonly string[],
  values: object,
  safeOf: (key: string) => SafeRange | undefined,
  prefix = "",
): RunWarning[] {
  return keys.flatMap((key) => {
    const safe = safeOf(key);
    const value = (values as Record<string, unknown>)[key];
    if (!safe || typeof value !== "number") return [];
    // Warm-up given in steps takes the place of its share, which then has no effect.
    if (key === "warmupRatio" && value === 0 && Number((values as Record<string, unknown>).warmupSteps) > 0) return [];
    const { min, max, why } = safe;
    if ((min === undefined || value >= min) && (max === undefined || value <= max)) return [];
    const message = `${prefix}${key} ${value} is outside ${min ?? "…"}–${max ?? "…"}: ${why}.`;
    return [{ field: prefix + key, message }];
  });
}

/** The least number of layers that an adapter should have, by family. */
const LEAST_TARGETS = [
  ["q_proj", "k_proj", "v_proj", "o_proj"],
  ["c_attn", "c_proj"],
] as const;

function missingTargets(targets: "all-linear" | readonly string[]): RunWarning[] {
  if (targets === "all-linear") return [];
  const has = (name: string) => targets.some((target) => target === name || target.endsWith(`.${name}`));
  const least = LEAST_TARGETS.find((names) => names.some(has)) ?? LEAST_TARGETS[0];
  const missing = least.filter((name) => !has(name));
  if (missing.length === 0) return [];
  const message = `lora.targets leaves out ${missing.join(", ")}: the post-training guide uses at least ${least.join(", ")}, and all linear layers work best.`;
  return [{ field: "lora.targets", message }];
}

/** Warns of a batch that is small although the data would allow a usual one. */
function smallBatch(config: CompleteHyperparameters, examples: number): RunWarning[] {
  if (config.method === "ppo" || config.batchSize >= SMALL_BATCH) return [];
  const { maxSteps: _, ...byEpochs } = config;
  const steps = totalSteps({ ...byEpochs, batchSize: USUAL_BATCH }, examples);
  if (steps < 2 * STEPS_THAT_MOVE_A_MODEL) return [];
  const message = `batchSize ${config.batchSize} is small: the post-training guide uses 32–128, and with a batch of ${USUAL_BATCH} this data would still give ${steps} steps.`;
  return [{ field: "batchSize", message }];
}

const USUAL_BATCH = 32;
/** In a smaller batch a step's gradient is mostly that of single examples. */
const SMALL_BATCH = 8;

/** Writes a small number as 5e-6 rather than 0.000005. */
function short(rate: number): string {
  return rate < 1e-3 ? rate.toExponential() : String(rate);
}
