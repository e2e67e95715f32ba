import type * as tf from "@tensorflow/tfjs";
import { derivedSeed } from "../engine/derived-seed";
import { createRandom } from "../engine/random";
import type { CausalLanguageModel } from "../models/types";

/** Apart from what else is drawn from the run's seed: orders of examples, first weights. */
const DROPOUT = 0xd20;

/** The random draws of one micro-batch, beside its other tensors by name. */
export type Draws = {
  /** Of the dropout masks, int32 [2]; absent where nothing is dropped. */
  dropoutSeed?: tf.Tensor1D;
};

/**
 * The seed of the dropout masks of one micro-batch, int32 [2]; none where nothing is dropped. It follows from the run's
 * seed and its place alone, so that a resumed run draws the same masks. The caller disposes it.
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
