import { DomainError } from "@/domain/errors";
import { completeRunConfig } from "@/domain/runs/complete-run-config";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import { rangeWarnings } from "@/domain/runs/range-warnings";
import type { CompleteRunConfig, Method } from "@/domain/runs/run-config";
import { totalSteps } from "@/domain/runs/total-steps";

/**
 * Values that a person chose on the sheet, by key; a key inside an object is written `lora.rank`. `lora: false` trains all
 * weights.
 */
export type Overrides = Record<string, number | string | boolean>;

export interface ResolvedConfiguration {
  /** Every hyperparameter; without model, adapter and dataset, which the run's row names. */
  values: Record<string, unknown>;
  reasons: string[];
  warnings: string[];
  steps: number;
}

/** Keys that say where things are. They follow from the run's base and dataset version and can't be chosen by hand. */
export const PLACES = [
  "model",
  "adapter",
  "dataset",
  "validationDataset",
  "rewardModels",
  "sftDataset",
  "auxiliaryDataset",
] as const;
const UNKNOWN_PLACE = "to-be-filled-in";

/**
 * The hyperparameters of a run: what was chosen, and defaults that suit this much data on this device for the rest.
 * @param fromAdapter whether the base is itself an adapter, which the run then goes on training
 * @param rewardModel whether a reward model scores what the run writes (PPO)
 * @throws DomainError `run-config-invalid`, naming the key
 */
export function resolveConfiguration(input: {
  method: Method;
  fromAdapter: boolean;
  examples: number;
  /** Of rated completions, where the method takes those. */
  desirable?: number;
  device: "cpu" | "gpu";
  rewardModel?: boolean;
  overrides?: Overrides;
}): ResolvedConfiguration {
  const asked: Record<string, unknown> = {
    method: input.method,
    dataset: UNKNOWN_PLACE,
    ...(input.fromAdapter ? { adapter: UNKNOWN_PLACE } : { lora: {} }),
    ...(input.rewardModel ? { rewardModels: [UNKNOWN_PLACE] } : {}),
  };
  for (const [key, value] of Object.entries(input.overrides ?? {})) apply(asked, key, value);
  const { config, reasons } = completeRunConfig(checkRunConfig(asked), input);
  return {
    values: withoutPlaces(config),
    reasons,
    warnings: rangeWarnings(config, input.examples, input.desirable).map(({ message }) => message),
    steps: totalSteps(config, input.examples),
  };
}

function apply(asked: Record<string, unknown>, key: string, value: Overrides[string]): void {
  const [outer, inner] = key.split(".");
  if (PLACES.some((place) => place === key) || key === "method")
    throw new DomainError("run-config-invalid", `${key}: cannot be chosen here`);
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

/** A list as JSON. Code of one's own is for the command line alone. */
function rewardFunctions(value: Overrides[string]): unknown {
  const refuse = (reason: string) => new DomainError("run-config-invalid", `run: rewardFunctions: ${reason}`);
  let list: unknown;
  try {
    list = JSON.parse(String(value));
  } catch (error) {
    throw refuse(`not valid JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (Array.isArray(list) && list.some((one) => (one as { name?: unknown } | null)?.name === "module"))
    throw refuse("module: code of one's own runs from the command line only");
  return list;
}

/** "all-linear", or names with commas between them. */
function targets(value: Overrides[string]): unknown {
  if (typeof value !== "string" || value === "all-linear") return value;
  return value
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}

function withoutPlaces(config: CompleteRunConfig): Record<string, unknown> {
  const places: readonly string[] = PLACES;
  return Object.fromEntries(
    Object.entries(config).filter(([key, value]) => !places.includes(key) && value !== undefined),
  );
}
