import type * as tf from "@tensorflow/tfjs";
import { derivedSeed } from "../engine/derived-seed";
import { createRandom } from "../engine/random";
import type { CausalLanguageModel } from "../models/types";

/** Apart from what else is drawn from the run's seed: orders of examples, first weights. */
const DROPOUT = 0xd20;

/**
 * The seed of the dropout masks of one micro-batch, int32 [2]; none where nothing is dropped. It follows from the run's
 * seed and its place alone, so that a resumed run draws the same masks. The caller disposes it.
 */
export function dropoutSeeds(
  { lora }: Pick<CausalLanguageModel, "lora">,
  seed: number,
  step: number,
  microBatch: number,
): tf.Tensor1D[] {
  if (!lora?.dropout) return [];
  return [createRandom(derivedSeed(seed, DROPOUT, step, microBatch)).seedTensor()];
}
