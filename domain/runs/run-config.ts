import { z } from "zod";
import { field } from "./field-meaning";
import { ppoFields } from "./ppo-fields";

/**
 * RUN.json: what a training run is asked to do. One schema a method, told apart by `method`; the spelling of the keys
 * is a contract with the command line, the web form and recorded runs. A key that no method knows is refused by name.
 *
 * `batchSize`, `epochs` and `learningRate` may be left out: they are then chosen from the number of examples and the
 * device (`complete-run-config.ts`), because one fixed number can't suit both twenty labels and twenty thousand.
 */
export const DEFAULT_MODEL = "smollm2-135m-instruct";

export const METHODS = ["sft", "reward", "dpo", "kto", "orpo", "simpo", "ppo"] as const;
export type Method = (typeof METHODS)[number];
/** Methods that learn from records; PPO learns from completions that it writes itself. */
export type OfflineMethod = Exclude<Method, "ppo">;

const positive = () => z.number().positive();
const fraction = () => z.number().min(0).max(1);
const count = () => z.int().positive();
const path = () => z.string().min(1);

export const loraSchema = z.strictObject({
  rank: field(count().max(1024).default(16), {
    title: "Rank",
    meaning: "Width of the adapter. More rank can learn more and forgets more.",
    group: "model",
    basic: true,
    safe: { min: 8, max: 64, why: "below 8 an adapter learns little; above 64 it costs memory for nothing" },
  }),
  alpha: field(positive().optional(), {
    title: "Alpha",
    meaning: "The adapter's output is scaled by alpha ÷ rank. Twice the rank when left out.",
    group: "model",
  }),
  targets: field(z.union([z.literal("all-linear"), z.array(z.string().min(1)).min(1)]).default("all-linear"), {
    title: "Layers",
    meaning: "Linear layers that get an adapter: all of them works best; q, k, v and o are the least.",
    group: "model",
  }),
});

const sharedFields = {
  model: field(path().default(DEFAULT_MODEL), {
    title: "Model",
    meaning: "What to start from: a folder, a GGUF file, a hub id, or a base of the catalogue.",
    group: "model",
    basic: true,
  }),
  adapter: field(path().optional(), {
    title: "Adapter to go on from",
    meaning: "A PEFT adapter folder. The run goes on training this adapter.",
    group: "model",
  }),
  lora: field(loraSchema.optional(), {
    title: "Train an adapter",
    meaning: "Train a small adapter (LoRA) beside the frozen model. Left out: all weights are trained.",
    group: "model",
    basic: true,
  }),
  dataset: field(path(), {
    title: "Dataset",
    meaning: "A JSONL file, or a dataset version's folder.",
    group: "data",
    basic: true,
  }),
  validationDataset: field(path().optional(), {
    title: "Validation dataset",
    meaning: "A JSONL file that is only measured, never trained on. Left out: records with split = validation.",
    group: "data",
  }),
  maxLength: field(z.int().min(8).default(1024), {
    title: "Maximum length",
    meaning: "A record whose prompt and completion together are longer is left out and counted, never cut.",
    group: "data",
    unit: "tokens",
  }),
  shuffle: field(z.boolean().default(true), {
    title: "Shuffle",
    meaning: "A new order each epoch, from the seed.",
    group: "data",
  }),
  batchSize: field(count().optional(), {
    title: "Batch size",
    meaning: "Examples in one optimizer step.",
    group: "optimisation",
    basic: true,
  }),
  microBatchSize: field(count().optional(), {
    title: "Micro-batch size",
    meaning: "Examples held in memory at once. The result is that of the whole batch; smaller needs less memory.",
    group: "optimisation",
  }),
  epochs: field(positive().optional(), {
    title: "Epochs",
    meaning: "How often each example is seen.",
    group: "optimisation",
    basic: true,
    safe: { min: 1, max: 3, why: "the first learns the format, the second improves, from the third on it overfits" },
  }),
  maxSteps: field(count().optional(), {
    title: "Steps",
    meaning: "Optimizer steps at most. Left out: as many as the epochs take.",
    group: "optimisation",
  }),
  learningRate: field(positive().optional(), {
    title: "Learning rate",
    meaning: "The size of one step. Adapters take about ten times what full training takes.",
    group: "optimisation",
    basic: true,
  }),
  lrScheduler: field(z.enum(["constant", "linear", "cosine"]).default("linear"), {
    title: "Schedule",
    meaning: "How the learning rate goes on after the warm-up: constant, or down to zero as a line or a cosine.",
    group: "optimisation",
  }),
  warmupRatio: field(fraction().default(0.05), {
    title: "Warm-up",
    meaning: "Share of all steps over which the learning rate rises from zero.",
    group: "optimisation",
    safe: { max: 0.1, why: "the guide warms up over 3–10 % of the steps" },
  }),
  warmupSteps: field(z.int().min(0).optional(), {
    title: "Warm-up steps",
    meaning: "The same as a number of steps. Wins over the share.",
    group: "optimisation",
  }),
  maxGradNorm: field(positive().default(1), {
    title: "Gradient clipping",
    meaning: "A gradient longer than this is scaled down to it.",
    group: "optimisation",
  }),
  weightDecay: field(z.number().min(0).default(0), {
    title: "Weight decay",
    meaning: "Decoupled decay of matrices (AdamW); norms and biases are left alone.",
    group: "optimisation",
    safe: { max: 0.1, why: "more than 0.1 pulls a pretrained model apart" },
  }),
  adamBeta1: field(z.number().min(0).lt(1).default(0.9), {
    title: "Adam β₁",
    meaning: "Memory of the gradient's mean.",
    group: "optimisation",
  }),
  adamBeta2: field(z.number().min(0).lt(1).default(0.999), {
    title: "Adam β₂",
    meaning: "Memory of the gradient's square.",
    group: "optimisation",
  }),
  adamEpsilon: field(positive().default(1e-8), {
    title: "Adam ε",
    meaning: "Keeps the division finite; outside the square root.",
    group: "optimisation",
  }),
  gradientCheckpointing: field(z.boolean().default(false), {
    title: "Gradient checkpointing",
    meaning: "Computes each layer twice instead of keeping what it made: about half the memory, a fifth slower.",
    group: "run",
  }),
  dtype: field(z.literal("float32").default("float32"), {
    title: "Number format",
    meaning: "float32 is what TensorFlow.js trains in.",
    group: "run",
  }),
  seed: field(z.int().min(0).max(0xffff_ffff).default(42), {
    title: "Seed",
    meaning: "The same seed, data and machine give the same weights.",
    group: "run",
  }),
  evaluateEvery: field(count().optional(), {
    title: "Validate every",
    meaning: "Steps between two validations. Left out: five times a run, and at its end.",
    group: "run",
    unit: "steps",
  }),
  pauseOnCritical: field(z.boolean().default(false), {
    title: "Pause on a critical diagnosis",
    meaning: "When the run's diagnosis turns critical it writes a checkpoint and waits for a person.",
    group: "run",
  }),
  keepBest: field(z.boolean().default(true), {
    title: "Keep the best",
    meaning: "Where there is validation, the result is the step with the lowest validation loss, not the last step.",
    group: "run",
  }),
  earlyStoppingPatience: field(count().optional(), {
    title: "Patience",
    meaning: "Ends the run after so many validations without a lower validation loss. Left out: it runs to its end.",
    group: "run",
    unit: "validations",
  }),
  checkpointEvery: field(count().optional(), {
    title: "Checkpoint every",
    meaning: "Steps between two checkpoints that a stopped run goes on from. Left out: about every tenth of the run.",
    group: "run",
    unit: "steps",
  }),
};

/** Which tokens SFT learns to write. */
export const LOSS_ON = ["completion", "assistantTurns", "everything"] as const;
export type LossOn = (typeof LOSS_ON)[number];

export const sftConfigSchema = z.strictObject({
  method: z.literal("sft"),
  ...sharedFields,
  lossOn: field(z.enum(LOSS_ON).optional(), {
    title: "Learn",
    meaning:
      "completion: the last answer. assistantTurns: every answer of a conversation. everything: the prompt's text too.",
    group: "method",
  }),
  completionOnlyLoss: field(z.boolean().default(true), {
    title: "Learn the completion only",
    meaning: 'The older spelling of "lossOn": on is completion, off is everything.',
    group: "method",
  }),
  packing: field(z.boolean().default(false), {
    title: "Packing",
    meaning:
      "Lays several short examples in one row, none of which sees another. The result is the same; short examples train faster.",
    group: "run",
  }),
  packingLength: field(z.int().min(8).default(512), {
    title: "Packed row",
    meaning: "Tokens that a row is filled up to. A longer example has a row of its own; a micro-batch counts rows.",
    group: "run",
    unit: "tokens",
  }),
});

export const rewardConfigSchema = z.strictObject({
  method: z.literal("reward"),
  ...sharedFields,
  centerRewardsCoefficient: field(z.number().min(0).default(0), {
    title: "Centering",
    meaning: "Pulls the mean reward to zero, so that scores of different models can be compared.",
    group: "method",
    safe: { max: 0.1, why: "0.01 centres; much more competes with the preferences" },
  }),
  ensemble: field(z.int().min(1).max(16).default(1), {
    title: "Ensemble",
    meaning:
      "Reward models to train, each with a seed and an order of its own. Their mean scores better, and where they differ the score is not to be trusted. Takes as many times as long.",
    group: "method",
    safe: { max: 8, why: "more than 5 members seldom add anything" },
  }),
  useMargins: field(z.boolean().default(true), {
    title: "Use margins",
    meaning: "A pair that was clearly better must win by more. Needs margins in the records.",
    group: "method",
  }),
});

export const dpoConfigSchema = z.strictObject({
  method: z.literal("dpo"),
  ...sharedFields,
  loss: field(z.enum(["sigmoid", "robust", "ipo", "sigmoid_norm"]).default("sigmoid"), {
    title: "Loss",
    meaning:
      "sigmoid is plain DPO; robust corrects for flipped labels; ipo suits noisy preferences; sigmoid_norm counts each completion by its mean over tokens, for data whose chosen completions are longer (β about 5).",
    group: "method",
    basic: true,
  }),
  beta: field(positive().default(0.1), {
    title: "β",
    meaning: "How closely the policy keeps to the model it started from. Low moves further.",
    group: "method",
    basic: true,
    safe: { min: 0.1, max: 0.5, why: "around 0.01 it diverges, around 1 it stalls; 0.1–0.3 works best" },
  }),
  labelSmoothing: field(z.number().min(0).lt(0.5).default(0), {
    title: "Label smoothing",
    meaning: "The share of labels taken to be wrong. With sigmoid: conservative DPO; robust needs it above 0.",
    group: "method",
    safe: { max: 0.3, why: "with a third of the labels wrong, look at the labels first" },
  }),
});

export const ktoConfigSchema = z.strictObject({
  method: z.literal("kto"),
  ...sharedFields,
  beta: field(positive().default(0.1), {
    title: "β",
    meaning: "How closely the policy keeps to the model it started from.",
    group: "method",
    basic: true,
    safe: { min: 0.01, max: 0.5, why: "KTO was published with 0.01–0.5" },
  }),
  desirableWeight: field(positive().optional(), {
    title: "Weight of desirable",
    meaning: "Above 1 where desirable completions are rare. Left out: from the counts of both kinds.",
    group: "method",
  }),
  undesirableWeight: field(positive().optional(), {
    title: "Weight of undesirable",
    meaning: "Above 1 where undesirable completions are rare. Left out: from the counts of both kinds.",
    group: "method",
  }),
});

export const orpoConfigSchema = z.strictObject({
  method: z.literal("orpo"),
  ...sharedFields,
  lambda: field(positive().default(0.1), {
    title: "λ",
    meaning: "Weight of the odds ratio beside the likelihood of the chosen completion.",
    group: "method",
    basic: true,
    safe: { min: 0.05, max: 1, why: "published with 0.1–1" },
  }),
});

export const simpoConfigSchema = z.strictObject({
  method: z.literal("simpo"),
  ...sharedFields,
  beta: field(positive().default(2), {
    title: "β",
    meaning: "Scale of the length-normalised reward.",
    group: "method",
    basic: true,
    safe: { min: 2, max: 10, why: "published range 2–10" },
  }),
  gamma: field(z.number().min(0).default(1), {
    title: "γ",
    meaning: "By how much chosen has to win. γ ÷ β between 0.1 and 0.8.",
    group: "method",
    basic: true,
  }),
});

const { batchSize: _batch, learningRate: _rate, ...sharedByPpo } = sharedFields;

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
export type LoraConfig = z.output<typeof loraSchema>;

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
