import { createHash } from "node:crypto";
import { isPlace } from "@/domain/runs/fields/places";
import type { RunConfig } from "@/domain/runs/run-config";
import { identifyModel } from "../models/identify-model";

/**
 * The identity by which a checkpoint belongs to a run. It holds what decides the result: hyperparameters, the weights
 * that the run starts from and is scored by, and what it learns from. Places of folders are no part of it, nor how a
 * step is computed.
 */
export type RunIdentity = {
  /** The decisive keys of the configuration with their values as JSON, so that a difference can be named. */
  settings: Record<string, string>;
  /** A hash of each model's weights, by the key of RUN.json that names it. */
  models: Record<string, string>;
  /** A hash of every token and of every other fact about the examples, in order. */
  data: string;
};

/** Whether a key names a place; the content of that place is part of the identity. */
const saysWhere = (key: string) => isPlace(key) || key === "rewardFunctions";

/**
 * Keys that change when a run pauses or how much memory and time it takes, but not what it learns (except for the
 * rounding of sums in another order).
 */
const WAYS = [
  ...["microBatchSize", "gradientCheckpointing", "recomputeEvery", "memoryMode"],
  ...["checkpointEvery", "pauseOnCritical"],
];

type Example = { place: string };

/**
 * Identifies a run.
 * @param examples training examples first; their tokens count, and so do their other values (margin, label, group)
 * @param more further token sequences that the run learns from
 */
export async function identifyRun(
  config: RunConfig,
  examples: readonly Example[],
  more: Iterable<readonly number[]> = [],
): Promise<RunIdentity> {
  return { settings: settingsOf(config), models: await modelsOf(config), data: dataOf(examples, more) };
}

function settingsOf(config: RunConfig): Record<string, string> {
  const entries = Object.entries(config).filter(([key, value]) => {
    if (value === undefined || saysWhere(key)) return false;
    // The key is younger than some checkpoints, and changes nothing at 0.
    if (key === "nllCoefficient" && value === 0) return false;
    // The masks of dropout are drawn for each micro-batch, so with dropout the micro-batch's size decides as well.
    if (key === "microBatchSize") return (config.lora?.dropout ?? 0) > 0;
    return !WAYS.includes(key);
  });
  const settings = Object.fromEntries(entries.map(([key, value]) => [key, JSON.stringify(value)]));
  if (config.method !== "ppo") return settings;
  // A module's path is left out, so it may move; whether its code has changed is not checked.
  const rewards = config.rewardFunctions.map((reward) => (reward.name === "module" ? { ...reward, path: "" } : reward));
  return { ...settings, rewardFunctions: JSON.stringify(rewards) };
}

async function modelsOf(config: RunConfig): Promise<Record<string, string>> {
  const models: Record<string, string> = {
    model:
      config.adapter === undefined
        ? await identifyModel(config.model)
        : await identifyModel(config.adapter, { adapterBase: config.model }),
  };
  if (config.method === "ppo") {
    for (const [index, reference] of config.rewardModels.entries())
      models[`rewardModels[${index}]`] = await identifyModel(reference);
  }
  return models;
}

function dataOf(examples: readonly Example[], more: Iterable<readonly number[]>): string {
  const hash = createHash("sha256");
  for (const example of examples) {
    // Token ids make up nearly all of an example and are hashed as numbers, which is many times faster than as JSON.
    const rest = JSON.stringify(example, (key, value) => {
      if (key === "place") return undefined;
      if (!isIds(value)) return value;
      hash.update(Int32Array.from(value));
      return value.length;
    });
    hash.update(rest).update("|");
  }
  for (const ids of more) hash.update(Int32Array.from(ids)).update("|");
  return hash.digest("hex");
}

/** A hash of token sequences, in order. */
export function identifySequences(sequences: Iterable<readonly number[]>): string {
  const hash = createHash("sha256");
  for (const ids of sequences) hash.update(Int32Array.from(ids)).update("|");
  return hash.digest("hex");
}

const isIds = (value: unknown): value is number[] => Array.isArray(value) && typeof value[0] === "number";

/** One hash of the whole identity, for files that belong to a run. */
export function fingerprintOf({ settings, models, data }: RunIdentity): string {
  const sorted = (record: Record<string, string>) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([sorted(settings), sorted(models), data]))
    .digest("hex");
}

/** Says in words why a checkpoint can't be resumed by this run; null if it can. */
export function differenceOf(kept: RunIdentity, now: RunIdentity): string | null {
  const differing = (key: "settings" | "models") =>
    [...new Set([...Object.keys(kept[key]), ...Object.keys(now[key])])].filter(
      (name) => kept[key][name] !== now[key][name],
    );
  const settings = differing("settings").map(
    (name) => `${name} was ${kept.settings[name] ?? "left out"}, now it is ${now.settings[name] ?? "left out"}`,
  );
  const models = differing("models").map((name) => `the weights of ${name} are others`);
  const data = kept.data === now.data ? [] : ["the records are others"];
  const all = [...settings, ...models, ...data];
  return all.length === 0 ? null : all.join("; ");
}
