import type { z } from "zod";
import type { LoraConfig } from "./fields/lora";
import { isPlace, type Place } from "./fields/places";
import { DEFAULT_MODEL } from "./fields/shared";
import { METHODS, type Method, type methods, type OfflineMethod } from "./methods";
import type { Completed } from "./methods/method-description";
import type { LossOn } from "./methods/sft";

export type { LoraConfig, LossOn, Method, OfflineMethod };
export { DEFAULT_MODEL, METHODS };

/**
 * RUN.json asks for a training run. Each method has a schema (`methods/<method>.ts`), told apart by `method`; the
 * spelling of the keys is a contract with the command line, the web form and recorded runs.
 *
 * `batchSize`, `epochs` and `learningRate` may be left out: they are then chosen from the number of examples and the
 * device, because one fixed number can't suit both twenty labels and twenty thousand.
 */
type Configs = { [M in Method]: z.output<(typeof methods)[M]["schema"]> };
type LeftOpen<M extends Method> = (typeof methods)[M]["leftOpen"][number];
type CompleteConfigs = { [M in Method]: Completed<Configs[M], LeftOpen<M>> };
type WithoutPlaces<Config> = Omit<Config, Place>;

/** A configuration as it was asked for, in which keys that can be chosen from the data may be absent. */
export type ConfigOf<M extends Method> = Configs[M];
export type RunConfig = Configs[Method];
/**
 * A complete configuration, with every number that the run uses. It is written to run.json, which can be run again as
 * it stands.
 */
export type CompleteConfigOf<M extends Method> = CompleteConfigs[M];
export type CompleteRunConfig = CompleteConfigs[Method];

/** The complete configuration of a method that learns from records. */
export type OfflineRunConfig = Configs[OfflineMethod];
export type CompleteOfflineConfig = CompleteConfigs[OfflineMethod];

/** A configuration apart from where its model and its data are: what a person chooses, and a run's row holds. */
export type Hyperparameters = { [M in Method]: WithoutPlaces<Configs[M]> }[Method];
export type CompleteHyperparameters = { [M in Method]: WithoutPlaces<CompleteConfigs[M]> }[Method];

export type SftConfig = CompleteConfigOf<"sft">;
export type RewardConfig = CompleteConfigOf<"reward">;
export type DpoConfig = CompleteConfigOf<"dpo">;
export type KtoConfig = CompleteConfigOf<"kto">;
export type OrpoConfig = CompleteConfigOf<"orpo">;
export type SimpoConfig = CompleteConfigOf<"simpo">;
export type PpoConfig = CompleteConfigOf<"ppo">;

/** The fields of a method that a person may choose, in order. */
export const hyperparameterFields = (schema: z.ZodObject): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(schema.shape).filter(([key]) => !isPlace(key))) as Record<string, z.ZodType>;
