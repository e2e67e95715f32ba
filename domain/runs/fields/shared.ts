import { z } from "zod";
import { field } from "../field-meaning";
import { loraSchema } from "./lora";

const positive = () => z.number().positive();
const fraction = () => z.number().min(0).max(1);
const count = () => z.int().positive();
const path = () => z.string().min(1);

export const DEFAULT_MODEL = "smollm2-135m-instruct";

/** The keys of every method: model, data, optimizer, run. */
export const sharedFields = {
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
    meaning: "Train a small adapter (LoRA) beside the frozen model.",
    whenAbsent: "all weights are trained.",
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
    meaning: "A JSONL file that is only measured, never trained on.",
    whenAbsent: "records with split = validation.",
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
    safe: { max: 128, why: "the post-training guide takes 32–128, and fewer where there is little data" },
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
    meaning: "Optimizer steps at most.",
    whenAbsent: "as many as the epochs take.",
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
    safe: { min: 0.03, max: 0.1, why: "the post-training guide warms up over 3–10 % of the steps" },
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
    meaning: "Computes layers twice instead of keeping what they made: less memory, more time.",
    group: "run",
  }),
  recomputeEvery: field(count().optional(), {
    title: "Recompute every",
    meaning:
      "With gradient checkpointing: 2 computes every second layer twice, which costs half the time and saves half the memory.",
    whenAbsent: "each.",
    group: "run",
    unit: "layers",
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
    meaning:
      "Steps between two validations; of PPO iterations, after which validation prompts are answered and scored.",
    whenAbsent: "five times a run, and at its end.",
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
    meaning: "Ends the run after so many validations without a lower validation loss.",
    whenAbsent: "it runs to its end.",
    group: "run",
    unit: "validations",
  }),
  checkpointEvery: field(count().optional(), {
    title: "Checkpoint every",
    meaning: "Steps between two checkpoints that a stopped run goes on from.",
    whenAbsent: "about every tenth of the run.",
    group: "run",
    unit: "steps",
  }),
};
