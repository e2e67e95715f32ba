import type * as tf from "@tensorflow/tfjs";
import { derivedSeed } from "../engine/derived-seed";
import { createRandom } from "../engine/random";
import type { CausalLanguageModel } from "../models/types";

/** Separates the seeds of dropout from the run's other draws: orders of examples, first weights. */
const DROPOUT = 0xd20;

/** The random draws of one micro-batch, besides its other tensors by name. */
export type Draws = {
  /** Seed of the dropout masks, int32 [2]; absent for a run without dropout. */
  dropoutSeed?: tf.Tensor1D;
};

/**
 * Makes the seed of the dropout masks of one micro-batch, int32 [2]; none for a run without dropout. The seed follows
 * from the run's seed and the micro-batch's place alone, so that a resumed run draws equal masks. The caller disposes
 * it.
 */
export function dropoutSeeds(
  { lora }: Pick<CausalLanguageModel, "lora">,
  seed: number,
  step: number,
  microBatch: number,
): Draws {
  if (!lora?.dropout) return {};
  return { dropoutSeed: createRandom(derivedSeed(seed, DROPOUT, step, microBatch)).seedTensor() };
}
