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
    meaning: "The model to start from: a folder, a GGUF file, a hub id, or a base of the catalogue.",
    group: "model",
    basic: true,
  }),
  adapter: field(path().optional(), {
    title: "Adapter to continue",
    meaning: "The folder of a PEFT adapter. The run continues training this adapter.",
    group: "model",
  }),
  lora: field(loraSchema.optional(), {
    title: "Train an adapter",
    meaning: "Trains a small adapter (LoRA) on top of the frozen model.",
    whenAbsent: "all weights are trained.",
    group: "model",
    basic: true,
  }),
  dataset: field(path(), {
    title: "Dataset",
    meaning: "A JSONL file, or the folder of a dataset version.",
    group: "data",
    basic: true,
  }),
  validationDataset: field(path().optional(), {
    title: "Validation dataset",
    meaning: "A JSONL file whose records are only used for validation, never trained on.",
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
    meaning: "Each epoch has a new order, which follows from the seed.",
    group: "data",
  }),
  batchSize: field(count().optional(), {
    title: "Batch size",
    meaning: "The number of examples in one optimizer step.",
    group: "optimisation",
    basic: true,
    safe: { max: 128, why: "the post-training guide uses 32–128, and fewer where there is little data" },
  }),
  microBatchSize: field(count().optional(), {
    title: "Micro-batch size",
    meaning:
      "The number of examples that are in memory at once. It does not change the result; a smaller number needs less memory.",
    group: "optimisation",
  }),
  epochs: field(positive().optional(), {
    title: "Epochs",
    meaning: "How often each example is seen.",
    group: "optimisation",
    basic: true,
    safe: {
      min: 1,
      max: 3,
      why: "the first epoch learns the format, the second improves, and from the third on the model overfits",
    },
  }),
  maxSteps: field(count().optional(), {
    title: "Steps",
    meaning: "The maximum number of optimizer steps.",
    whenAbsent: "as many steps as the epochs take.",
    group: "optimisation",
  }),
  learningRate: field(positive().optional(), {
    title: "Learning rate",
    meaning: "The size of one step. An adapter needs about ten times the learning rate of full training.",
    group: "optimisation",
    basic: true,
  }),
  lrScheduler: field(z.enum(["constant", "linear", "cosine"]).default("linear"), {
    title: "Schedule",
    meaning:
      "How the learning rate continues after the warm-up: constant, or falling to zero along a line or a cosine.",
    group: "optimisation",
  }),
  warmupRatio: field(fraction().default(0.05), {
    title: "Warm-up",
    meaning: "The share of all steps over which the learning rate rises from zero.",
    group: "optimisation",
    safe: { min: 0.03, max: 0.1, why: "the post-training guide warms up over 3–10 % of the steps" },
  }),
  warmupSteps: field(z.int().min(0).optional(), {
    title: "Warm-up steps",
    meaning: "The length of the warm-up as a number of steps. If set, it overrides the share.",
    group: "optimisation",
  }),
  maxGradNorm: field(positive().default(1), {
    title: "Gradient clipping",
    meaning: "A gradient whose norm exceeds this value is scaled down to it.",
    group: "optimisation",
  }),
  weightDecay: field(z.number().min(0).default(0), {
    title: "Weight decay",
    meaning: "Decoupled weight decay of matrices (AdamW); norms and biases are not decayed.",
    group: "optimisation",
    safe: { max: 0.1, why: "more than 0.1 damages a pretrained model" },
  }),
  adamBeta1: field(z.number().min(0).lt(1).default(0.9), {
    title: "Adam β₁",
    meaning: "The decay rate of the running mean of the gradient.",
    group: "optimisation",
  }),
  adamBeta2: field(z.number().min(0).lt(1).default(0.999), {
    title: "Adam β₂",
    meaning: "The decay rate of the running mean of the squared gradient.",
    group: "optimisation",
  }),
  adamEpsilon: field(positive().default(1e-8), {
    title: "Adam ε",
    meaning: "The term, added outside the square root, that keeps the division finite.",
    group: "optimisation",
  }),
  gradientCheckpointing: field(z.boolean().default(false), {
    title: "Gradient checkpointing",
    meaning: "Computes layers twice instead of keeping their activations, which takes less memory and more time.",
    group: "run",
  }),
  recomputeEvery: field(count().optional(), {
    title: "Recompute every",
    meaning:
      "With gradient checkpointing, the distance between layers that are computed twice: 2 recomputes every second layer, which costs half the time and saves half the memory.",
    whenAbsent: "every layer is computed twice.",
    group: "run",
    unit: "layers",
  }),
  dtype: field(z.literal("float32").default("float32"), {
    title: "Number format",
    meaning: "The number format of the weights in training. TensorFlow.js trains in float32.",
    group: "run",
  }),
  seed: field(z.int().min(0).max(0xffff_ffff).default(42), {
    title: "Seed",
    meaning: "A run with the same seed, data and machine gives the same weights.",
    group: "run",
  }),
  evaluateEvery: field(count().optional(), {
    title: "Validate every",
    meaning:
      "The number of steps between two validations. With PPO it is the number of iterations after which the validation prompts are answered and scored.",
    whenAbsent: "five times during the run, and at its end.",
    group: "run",
    unit: "steps",
  }),
  pauseOnCritical: field(z.boolean().default(false), {
    title: "Pause on a critical diagnosis",
    meaning: "When the diagnosis turns critical, the run writes a checkpoint and waits for a person.",
    group: "run",
  }),
  keepBest: field(z.boolean().default(true), {
    title: "Keep the best",
    meaning: "If there is validation, the result is the step with the lowest validation loss instead of the last step.",
    group: "run",
  }),
  earlyStoppingPatience: field(count().optional(), {
    title: "Patience",
    meaning: "Ends the run after this many validations without a lower validation loss.",
    whenAbsent: "the run goes on to its end.",
    group: "run",
    unit: "validations",
  }),
  checkpointEvery: field(count().optional(), {
    title: "Checkpoint every",
    meaning: "The number of steps between two checkpoints. A stopped run continues from its newest checkpoint.",
    whenAbsent: "about ten times during the run.",
    group: "run",
    unit: "steps",
  }),
};
