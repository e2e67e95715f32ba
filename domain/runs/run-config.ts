import { z } from "zod";
import { dpoFields } from "./fields/dpo";
import { ktoFields } from "./fields/kto";
import type { LoraConfig } from "./fields/lora";
import { orpoFields } from "./fields/orpo";
import { ppoFields } from "./fields/ppo";
import { rewardFields } from "./fields/reward";
import { type LossOn, sftFields } from "./fields/sft";
import { DEFAULT_MODEL, sharedFields } from "./fields/shared";
import { simpoFields } from "./fields/simpo";

export type { LoraConfig, LossOn };
export { DEFAULT_MODEL };

export const METHODS = ["sft", "reward", "dpo", "kto", "orpo", "simpo", "ppo"] as const;
export type Method = (typeof METHODS)[number];
/** Methods that learn from records; PPO learns from completions that it writes itself. */
export type OfflineMethod = Exclude<Method, "ppo">;

/**
 * RUN.json: what a training run is asked to do. One schema a method, told apart by `method`; the spelling of the keys
 * is a contract with the command line, the web form and recorded runs. A key that no method knows is refused by name.
 *
 * `batchSize`, `epochs` and `learningRate` may be left out: they are then chosen from the number of examples and the
 * device (`complete-run-config.ts`), because one fixed number can't suit both twenty labels and twenty thousand.
 */
export const sftConfigSchema = z.strictObject({ method: z.literal("sft"), ...sharedFields, ...sftFields });
export const rewardConfigSchema = z.strictObject({ method: z.literal("reward"), ...sharedFields, ...rewardFields });
export const dpoConfigSchema = z.strictObject({ method: z.literal("dpo"), ...sharedFields, ...dpoFields });
export const ktoConfigSchema = z.strictObject({ method: z.literal("kto"), ...sharedFields, ...ktoFields });
export const orpoConfigSchema = z.strictObject({ method: z.literal("orpo"), ...sharedFields, ...orpoFields });
export const simpoConfigSchema = z.strictObject({ method: z.literal("simpo"), ...sharedFields, ...simpoFields });

const { batchSize: _batch, learningRate: _rate, epochs: _epochs, ...sharedByPpo } = sharedFields;

export const ppoConfigSchema = z.strictObject({
  method: z.literal("ppo"),
  ...sharedByPpo,
  ...ppoFields,
});

export const runConfigSchema = z.discriminatedUnion("method", [
  sftConfigSchema,
  rewardConfigSchema,
  dpoConfigSchema,
  ktoConfigSchema,
  orpoConfigSchema,
  simpoConfigSchema,
  ppoConfigSchema,
]);

/** As asked: what may be chosen from the data is still open. */
export type RunConfig = z.output<typeof runConfigSchema>;
export type RunConfigInput = z.input<typeof runConfigSchema>;

/** Of the methods that learn from records. */
export type OfflineRunConfig = Exclude<RunConfig, { method: "ppo" }>;
/** As resolved: every number that the run uses. Written to run.json, which can be run again as it stands. */
export type Complete<Config extends OfflineRunConfig> = Config & {
  batchSize: number;
  microBatchSize: number;
  epochs: number;
  learningRate: number;
  warmupSteps: number;
  evaluateEvery: number;
  checkpointEvery: number;
} & (Config extends { method: "sft" } ? { lossOn: LossOn } : unknown) &
  (Config extends { method: "kto" } ? { desirableWeight: number; undesirableWeight: number } : unknown);
export type CompleteOfflineConfig = Complete<OfflineRunConfig>;
type AskedPpoConfig = z.output<typeof ppoConfigSchema>;
export type PpoConfig = AskedPpoConfig &
  Required<
    Pick<
      AskedPpoConfig,
      | "microBatchSize"
      | "epochs"
      | "rolloutBatchSize"
      | "samplesPerPrompt"
      | "minibatchSize"
      | "maxNewTokens"
      | "klHorizon"
      | "policyLearningRate"
      | "valueLearningRate"
      | "memoryMode"
    >
  >;
export type CompleteRunConfig = CompleteOfflineConfig | PpoConfig;
export type SftConfig = Complete<z.output<typeof sftConfigSchema>>;
export type RewardConfig = Complete<z.output<typeof rewardConfigSchema>>;
export type DpoConfig = Complete<z.output<typeof dpoConfigSchema>>;
export type KtoConfig = Complete<z.output<typeof ktoConfigSchema>>;
export type OrpoConfig = Complete<z.output<typeof orpoConfigSchema>>;
export type SimpoConfig = Complete<z.output<typeof simpoConfigSchema>>;

/** The key order and schema of one method, for forms and documentation. */
export const configSchemas = {
  sft: sftConfigSchema,
  reward: rewardConfigSchema,
  dpo: dpoConfigSchema,
  kto: ktoConfigSchema,
  orpo: orpoConfigSchema,
  simpo: simpoConfigSchema,
  ppo: ppoConfigSchema,
} as const;
