import * as tf from "@tensorflow/tfjs";
import type { PpoConfig } from "@/domain/runs/run-config";
import { splitIntoMicroBatches } from "../data/batch-schedule";
import { callOnce } from "../engine/compile-named";
import { derivedSeed } from "../engine/derived-seed";
import { createRandom } from "../engine/random";
import { sftLoss } from "../losses/sft";
import type { CausalLanguageModel } from "../models/types";
import { gradientFunction } from "./gradient-function";
import { completionLogProbs, type LearnedSequence, type PackedCompletions, packLearned } from "./pack-completions";
import type { Beside } from "./ppo/learn";
import type { RunScope } from "./run-scope";

/**
 * Text whose likelihood the policy's steps raise besides what they learn from the rollout: γ·E[log π(x)] is added to
 * PPO's objective (Ouyang et al. 2022, arXiv 2203.02155, equation 2, "PPO-ptx"), and its gradient to that of the step.
 */
export type TextMix = {
  name: "sft" | "auxiliary" | "practice";
  /** The sequences to learn; empty while there is nothing to learn. */
  readonly sequences: readonly LearnedSequence[];
  /** γ, the factor of a step's mean loss a token. */
  weight: number;
  /** Number of sequences in one optimizer step. */
  size: number;
};

/** Separates these seeds from those of sampling and of the order of epochs. */
const STREAM = { sft: 0x5f7, auxiliary: 0xa0f, practice: 0x97a };

/**
 * Makes the gradients of the mixes for `learn`, micro-batch by micro-batch, by one compiled function. The sequences of
 * a step follow from the seed and the step, so a resumed run takes equal ones.
 *
 * @returns null if nothing is mixed in
 */
export function createTextGradients(
  scope: RunScope,
  model: CausalLanguageModel,
  mixes: readonly TextMix[],
  config: Pick<PpoConfig, "microBatchSize" | "gradientCheckpointing" | "seed">,
): Beside | null {
  if (mixes.length === 0) return null;
  type Inputs = PackedCompletions & { targetCount: tf.Scalar; weight: tf.Scalar };
  const gradients = gradientFunction(scope, "ppo-text-gradients", model.trainable, (inputs: Inputs) => {
    const { logProbs, membership } = completionLogProbs(model, inputs, config);
    const isTarget: tf.Tensor1D = tf.sum(membership, 0); // [targets]: 0 for filling
    const loss = sftLoss(logProbs, isTarget, inputs.targetCount);
    return { loss: tf.mul(loss, inputs.weight), sequences: tf.reshape(loss, [1]) };
  });
  return function* (step) {
    for (const mix of mixes) {
      const { sequences } = mix;
      if (sequences.length === 0) continue;
      const sequenceAt = (index: number) => sequences[index] as LearnedSequence;
      const seed = derivedSeed(config.seed, STREAM[mix.name]);
      const batch = sequencesOfStep(step, { count: sequences.length, size: mix.size, seed });
      const targets = batch.reduce((sum, index) => sum + targetsOf(sequenceAt(index)), 0);
      const lengthOf = (place: number) => sequenceAt(batch[place] as number).ids.length;
      for (const micro of splitIntoMicroBatches([...batch.keys()], lengthOf, config.microBatchSize)) {
        const rows = micro.map((place) => [sequenceAt(batch[place] as number)]);
        const result = callOnce(gradients, {
          ...packLearned(rows, config.microBatchSize),
          targetCount: tf.scalar(targets),
          weight: tf.scalar(mix.weight),
        });
        const [loss, figure] = [result.loss, result.sequences].map((tensor) => tensor.dataSync()[0] as number);
        tf.dispose([result.loss, result.sequences]);
        yield { name: mix.name, loss: loss as number, figure: figure as number, gradients: result.gradients };
      }
    }
  };
}

/** Chooses the next `size` sequences: they go round and round, each time in an order of its own. */
export function sequencesOfStep(
  step: number,
  { count, size, seed }: { count: number; size: number; seed: number },
): number[] {
  const orders = new Map<number, number[]>();
  const orderOf = (round: number) => {
    const known = orders.get(round) ?? createRandom(derivedSeed(seed, round)).shuffle([...Array(count).keys()]);
    orders.set(round, known);
    return known;
  };
  return Array.from({ length: size }, (_, index) => {
    const place = step * size + index;
    return orderOf(Math.floor(place / count))[place % count] as number;
  });
}

const targetsOf = ({ learned }: LearnedSequence) => learned.reduce((sum, { start, end }) => sum + end - start, 0);
