import * as tf from "@tensorflow/tfjs";
import { splitIntoMicroBatches } from "../../data/batch-schedule";
import { derivedSeed } from "../../engine/derived-seed";
import { createRandom } from "../../engine/random";
import { addGradients, type Gradients } from "../gradient-function";
import { breathe } from "../run-stopped";
import type { Update } from "../update";

/** A network that learns from the rollout: the policy, or the value model. Completions go by their index. */
export type Learner = {
  /** Forward and backward pass of a micro-batch of this minibatch; `sequences` are figures that add up. */
  gradients(microBatch: readonly number[], minibatch: readonly number[]): Gradients;
  update: Update;
  /** Gradients that each optimizer step adds to the rollout's. */
  beside?: Beside | null;
  /** Decides after a minibatch whether this epoch and those after it end here. */
  isEnough?(figures: readonly number[]): boolean;
};

/**
 * Gives gradients that are added to those of an optimizer step, micro-batch by micro-batch: each has its share of the
 * step's loss, and of the figure `name`, which is that loss without its weight.
 */
export type Beside = (step: number) => Iterable<{ name: string; loss: number; figure: number; gradients: tf.Tensor[] }>;

export type LearnSettings = {
  ppoEpochs: number;
  minibatchSize: number;
  microBatchSize: number;
  seed: number;
};

/** The figures of the minibatches, in order. */
export type Lesson = {
  figures: number[][];
  /** Figures by name of the text learned besides the rollout. */
  beside: Record<string, number>[];
  gradNorms: number[];
  losses: number[];
  learningRate: number;
  stopped: boolean;
};

/** Optimizer steps of one iteration if no epoch is stopped early. */
export function stepsPerIteration(completions: number, { ppoEpochs, minibatchSize }: LearnSettings): number {
  return ppoEpochs * Math.ceil(completions / minibatchSize);
}

/**
 * Runs epochs × minibatches over one rollout: each epoch in an order of its own, each minibatch one optimizer step.
 *
 * @param lengths of the completions, so that those of similar length lie in one micro-batch
 * @param at the iteration, and the optimizer step that it begins with (which follows from the iteration: steps that an
 * early stop leaves out are skipped, so that the schedule does not depend on it)
 */
export async function learn(
  learner: Learner,
  lengths: readonly number[],
  settings: LearnSettings,
  at: { iteration: number; firstStep: number },
  signal: AbortSignal,
): Promise<Lesson> {
  const lesson: Lesson = { figures: [], beside: [], gradNorms: [], losses: [], learningRate: 0, stopped: false };
  const all = lengths.map((_, index) => index);
  let step = at.firstStep;
  for (let epoch = 0; epoch < settings.ppoEpochs; epoch++) {
    const order = createRandom(derivedSeed(settings.seed, at.iteration, epoch)).shuffle([...all]);
    for (let start = 0; start < order.length; start += settings.minibatchSize) {
      const minibatch = order.slice(start, start + settings.minibatchSize);
      const { loss, figures, beside, gradients } = await accumulate(
        learner,
        minibatch,
        { step, lengths, ...settings },
        signal,
      );
      const { gradNorm, learningRate } = learner.update.apply(gradients, step++);
      lesson.figures.push(figures);
      lesson.beside.push(beside);
      lesson.gradNorms.push(gradNorm);
      lesson.losses.push(loss);
      lesson.learningRate = learningRate;
      if (!learner.isEnough?.(figures)) continue;
      lesson.stopped = true;
      return lesson;
    }
  }
  return lesson;
}

async function accumulate(
  learner: Learner,
  minibatch: readonly number[],
  { step, lengths, microBatchSize }: { step: number; lengths: readonly number[]; microBatchSize: number },
  signal: AbortSignal,
): Promise<{ loss: number; figures: number[]; beside: Record<string, number>; gradients: tf.Tensor[] }> {
  const lengthOf = (index: number) => lengths[index] as number;
  const figures: number[] = [];
  const beside: Record<string, number> = {};
  let loss = 0;
  let sums: tf.Tensor[] | null = null;
  try {
    for (const microBatch of splitIntoMicroBatches(minibatch, lengthOf, microBatchSize)) {
      await breathe(signal);
      const result = learner.gradients(microBatch, minibatch);
      loss += result.loss.dataSync()[0] as number;
      result.sequences.dataSync().forEach((value, index) => {
        figures[index] = (figures[index] ?? 0) + value;
      });
      tf.dispose([result.loss, result.sequences]);
      sums = addGradients(sums, result.gradients);
    }
    for (const { name, gradients, ...more } of learner.beside?.(step) ?? []) {
      sums = addGradients(sums, gradients);
      loss += more.loss;
      beside[name] = (beside[name] ?? 0) + more.figure;
      await breathe(signal);
    }
  } catch (error) {
    if (sums) tf.dispose(sums);
    throw error;
  }
  if (!sums) throw new Error("a minibatch without completions");
  return { loss, figures, beside, gradients: sums };
}
