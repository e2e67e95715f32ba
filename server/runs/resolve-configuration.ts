import { DomainError } from "@/domain/errors";
import { completeHyperparameters } from "@/domain/runs/complete-run-config";
import { isPlace } from "@/domain/runs/fields/places";
import { checkHyperparameters } from "@/domain/runs/parse-run-config";
import { rangeWarnings } from "@/domain/runs/range-warnings";
import type { CompleteHyperparameters, Method } from "@/domain/runs/run-config";
import type { Reason } from "@/domain/runs/run-remarks";
import { totalSteps } from "@/domain/runs/total-steps";

/**
 * The values that a person chose on the sheet, by key; a key inside an object is written `lora.rank`. `lora: false`
 * trains all weights.
 */
export type Overrides = Record<string, number | string | boolean>;

export interface ResolvedConfiguration {
  /** Every hyperparameter; without model, adapter and dataset, which the run's row names. */
  values: CompleteHyperparameters;
  reasons: Reason[];
  warnings: string[];
  steps: number;
}

/**
 * Completes the hyperparameters of a run: what was chosen, and for the rest defaults that suit this much data on this
 * device.
 * @param fromAdapter whether the base is itself an adapter, which the run then goes on training
 * @throws DomainError `run-config-invalid`, whose issues name the keys
 */
export function resolveConfiguration(input: {
  method: Method;
  fromAdapter: boolean;
  examples: number;
  /** The number of desirable ones among rated completions, where the method takes those. */
  desirable?: number;
  device: "cpu" | "gpu";
  overrides?: Overrides;
}): ResolvedConfiguration {
  const asked: Record<string, unknown> = { method: input.method, ...(input.fromAdapter ? {} : { lora: {} }) };
  for (const [key, value] of Object.entries(input.overrides ?? {})) apply(asked, key, value);
  const { config, reasons } = completeHyperparameters(checkHyperparameters(asked, input), input);
  return {
    values: config,
    reasons,
    warnings: rangeWarnings(config, input).map(({ message }) => message),
    steps: totalSteps(config, input.examples),
  };
}

function apply(asked: Record<string, unknown>, key: string, value: Overrides[string]): void {
  const [outer, inner] = key.split(".");
  if (isPlace(key) || key === "method") throw refuse(key, "cannot be chosen here");
  if (key === "lora") {
    if (value === false) delete asked.lora;
  } else if (outer && inner) {
    asked[outer] = {
      ...(asked[outer] as object | undefined),
      [inner]: key === "lora.targets" ? targets(value) : value,
    };
  } else if (key === "rewardFunctions") asked[key] = rewardFunctions(value);
  else asked[key] = value;
}

/** Reads a list from JSON. A reward written in code is for the command line alone. */
function rewardFunctions(value: Overrides[string]): unknown {
  let list: unknown;
  try {
    list = JSON.parse(String(value));
  } catch (error) {
    throw refuse("rewardFunctions", `not valid JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (Array.isArray(list) && list.some((one) => (one as { name?: unknown } | null)?.name === "module"))
    throw refuse("rewardFunctions", "module: your own code runs only from the command line");
  return list;
}

/** Reads "all-linear", or names with commas between them. */
function targets(value: Overrides[string]): unknown {
  if (typeof value !== "string" || value === "all-linear") return value;
  return value
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}

function refuse(key: string, message: string): DomainError {
  const line = `run: ${key}: ${message}`;
  return new DomainError("run-config-invalid", line, line, undefined, [{ path: [key], message }]);
}
