import type { Reason } from "../run-remarks";
import { totalSteps } from "../total-steps";
import { defaultRate, type LearningRate, type RunCircumstances } from "./method-description";

/** Fewer optimizer steps than this seldom move a model, whatever the learning rate. */
export const STEPS_THAT_MOVE_A_MODEL = 20;

/**
 * The number of steps that the defaults aim at: twice the least. This is a choice for caution, not yet a measured
 * optimum.
 */
const STEPS_TO_AIM_AT = 2 * STEPS_THAT_MOVE_A_MODEL;

/**
 * The number of examples in memory at once. On two cores, with pairs of up to 512 tokens, four instead of two took the
 * default base from 222 to 234 tokens/s (DPO) and from about 425 to 438 (reward models), and SFT no further, for 0.3 to
 * 0.6 GB more. DPO took 3.4 GB then, and takes 2.9 GB since norms and SwiGLU are made again.
 */
export const HELD_AT_ONCE = { cpu: 4, gpu: 16 };

/** The facts about defaults that a method that learns from records states. */
export type DefaultsOfMethod = {
  learningRates: { learningRate: LearningRate };
  /** The least number of examples in a batch. */
  smallestBatch: number;
};

export type RecommendedDefaults = {
  batchSize: number;
  microBatchSize: number;
  epochs: number;
  learningRate: number;
  /** The number of optimizer steps that result. */
  steps: number;
  /** The reasons, for the sheet and the log. */
  reasons: Reason[];
};

/**
 * Recommends batch size, epochs and learning rate for this much data on this device. The post-training guide's batches
 * of 32 and more want thousands of examples. With fewer (or without a GPU, where every example costs a person's time)
 * the batch shrinks until the run comes to about 40 optimizer steps (at the very least 20), with up to three epochs, or
 * with as many as were asked for.
 */
export function recommendDefaults(
  { learningRates: { learningRate: rate }, smallestBatch }: DefaultsOfMethod,
  { examples, device, countSteps = (of) => totalSteps(of, examples) }: RunCircumstances,
  { adapter = true, epochs: asked, maxSteps }: { adapter?: boolean; epochs?: number; maxSteps?: number } = {},
): RecommendedDefaults {
  const reasons: Reason[] = [];
  const largest = device === "gpu" ? 64 : 16;
  const steps = (batchSize: number, epochs: number) => totalSteps({ batchSize, epochs }, examples);
  let batchSize = largest;
  let epochs = asked ?? 1;
  while (asked === undefined && epochs < 3 && steps(batchSize, epochs) < STEPS_TO_AIM_AT) epochs += 1;
  while (batchSize > smallestBatch && steps(batchSize, epochs) < STEPS_TO_AIM_AT) batchSize = Math.ceil(batchSize / 2);
  // Where steps were asked for, the epochs follow from them.
  if (asked === undefined && maxSteps !== undefined) {
    epochs = Math.max(1, Math.ceil((maxSteps * batchSize) / Math.max(1, examples)));
  }
  const made = countSteps({ batchSize, epochs, ...(maxSteps !== undefined && { maxSteps }) });
  if (batchSize < 32) {
    const because = device === "cpu" && examples >= 32 * 20 ? "there is no GPU" : `there are only ${examples} examples`;
    const count = `${batchSize} ${batchSize === 1 ? "example" : "examples"}`;
    const few = made < STEPS_THAT_MOVE_A_MODEL ? `; fewer than ${STEPS_THAT_MOVE_A_MODEL} seldom change a model` : "";
    const text = `Batch of ${count} instead of the usual 32–128, because ${because}: ${made} ${made === 1 ? "step" : "steps"}${few}.`;
    reasons.push({ field: "batchSize", text });
  }
  if (epochs > 1) {
    const text = `${epochs} epochs: with so little data, one pass is too short to learn from.`;
    reasons.push({ field: "epochs", text });
  }
  const learningRate = defaultRate(rate, adapter);
  if (adapter) {
    const text = `Learning rate ${learningRate}: an adapter needs about ${rate.adapterFactor} times the ${rate.full} of full training.`;
    reasons.push({ field: "learningRate", text });
  }
  return {
    batchSize,
    microBatchSize: Math.min(batchSize, HELD_AT_ONCE[device]),
    epochs,
    learningRate,
    steps: made,
    reasons,
  };
}
