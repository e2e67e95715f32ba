import { pathToFileURL } from "node:url";
import { DomainError } from "@/domain/errors";
import type { RewardFunctionConfig } from "@/domain/runs/fields/ppo";
import { reasonOf } from "../file-formats/file-errors";
import { exactMatch } from "./exact-match";
import { jsonValidity } from "./json-validity";
import { lengthWindow } from "./length";
import { regularExpression } from "./regular-expression";
import type { JudgedCompletion, RewardFunction } from "./reward-function";

/**
 * Makes one reward function of all that the configuration names: their sum, each times its weight.
 *
 * @param options.trustModules whether code that the configuration names may run: on the command line, never for a
 * configuration that came over the network
 * @returns null if the configuration names none
 */
export async function createRewardFunctions(
  configs: readonly RewardFunctionConfig[],
  options: { trustModules: boolean },
): Promise<((completion: JudgedCompletion) => Promise<number>) | null> {
  if (configs.length === 0) return null;
  const functions: { weight: number; name: string; reward: RewardFunction }[] = [];
  for (const config of configs) {
    functions.push({ weight: config.weight, name: config.name, reward: await createOne(config, options) });
  }
  return async (completion) => {
    let sum = 0;
    for (const { weight, name, reward } of functions) {
      const value = await reward(completion);
      if (!Number.isFinite(value)) {
        throw new DomainError(
          "run-config-invalid",
          `rewardFunctions: ${name} gave ${value}, which is not a finite number`,
        );
      }
      sum += weight * value;
    }
    return sum;
  };
}

async function createOne(config: RewardFunctionConfig, options: { trustModules: boolean }): Promise<RewardFunction> {
  switch (config.name) {
    case "exactMatch":
      return exactMatch(config);
    case "regularExpression":
      return regularExpression(config);
    case "jsonValidity":
      return jsonValidity(config);
    case "length":
      return lengthWindow(config);
    case "module":
      return loadModule(config, options);
  }
}

type Module = { default?: unknown };

/** Loads a JavaScript or TypeScript file whose default export makes a reward function from the options. */
async function loadModule(
  { path, options }: { path: string; options: Record<string, unknown> },
  { trustModules }: { trustModules: boolean },
): Promise<RewardFunction> {
  const refuse = (reason: string, cause?: unknown) => {
    const message = `rewardFunctions: module ${path}: ${reason}`;
    return new DomainError("run-config-invalid", message, message, cause);
  };
  if (!trustModules) throw refuse("code of one's own runs from the command line only");
  const loaded = await (import(pathToFileURL(path).href) as Promise<Module>).catch((error: unknown) => {
    throw refuse(`does not load (${reasonOf(error)})`, error);
  });
  if (typeof loaded.default !== "function") {
    throw refuse("needs a default export: a function that takes the options and gives the reward function");
  }
  const made: unknown = await loaded.default(options);
  if (typeof made !== "function") throw refuse("its default export gave no function");
  return made as RewardFunction;
}
