import { fieldMeanings, type SafeRange } from "./field-meaning";
import { loraSchema } from "./fields/lora";
import { methodOf } from "./methods";
import { STEPS_THAT_MOVE_A_MODEL } from "./methods/recommend-defaults";
import type { CompleteHyperparameters } from "./run-config";
import type { RunWarning } from "./run-remarks";
import { safeRangeOf, usualLearningRates } from "./safe-ranges";
import { totalSteps } from "./total-steps";

/** What few steps are called, by what a method counts, and what to do about them. */
const FEW_STEPS = {
  step: {
    field: "batchSize",
    noun: "optimizer step",
    remedy: "Take a smaller batch or collect more labels.",
  },
  iteration: { field: "epochs", noun: "iteration", remedy: "Take more epochs." },
};

/**
 * Hyperparameters outside the usual ranges of their method, and those that do not suit the data, each by name. Allowed,
 * but said.
 *
 * @param data what the run trains on (`desirable`: of single rated completions, where that is known), and whether it goes
 * on with an adapter
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
    ...rateWarnings(config, adapter),
    ...fewSteps(config, data.examples),
    ...(method.findWarnings?.(config, data) ?? []),
  ];
}

function rateWarnings(config: CompleteHyperparameters, adapter: boolean): RunWarning[] {
  const values: Readonly<Record<string, unknown>> = config;
  return usualLearningRates(config.method, adapter).flatMap(({ key, rate: { of = config.method }, low, high }) => {
    const rate = Number(values[key]);
    if (rate >= low && rate <= high) return [];
    const what = adapter ? `${of} with an adapter` : of;
    const message = `${key} ${rate} is outside ${short(low)}–${short(high)}, the usual range of ${what}.`;
    return [{ field: key, message }];
  });
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
    const { min, max, why } = safe;
    if ((min === undefined || value >= min) && (max === undefined || value <= max)) return [];
    const message = `${prefix}${key} ${value} is outside ${min ?? "…"}–${max ?? "…"}: ${why}.`;
    return [{ field: prefix + key, message }];
  });
}

/** 5e-6 rather than 0.000005. */
function short(rate: number): string {
  return rate < 1e-3 ? rate.toExponential() : String(rate);
}
