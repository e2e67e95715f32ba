import * as tf from "@tensorflow/tfjs";
import { splitIntoMicroBatches } from "../../data/batch-schedule";
import { callOnce, compileNamed } from "../../engine/compile-named";
import type { CausalLanguageModel } from "../../models/types";
import { type ForwardMemory, type PackedCompletions, recomputedLayers } from "../pack-completions";
import type { RunScope } from "../run-scope";
import { breathe } from "../run-stopped";
import type { Sample } from "./rollout";
import { packSamples, totalLength } from "./token-forward";

/**
 * The tokens that top-p sampling chose from, for each token of a completion. The policy is free only within them: the
 * probability that it sampled with, and the one that the update compares with it, are both taken over this set.
 */
export type Nuclei = readonly Int32Array[];

/** Number of the likeliest tokens that are looked at first, as the sampler does. */
const CANDIDATES = 256;

const OUTSIDE = -1e9;

/**
 * Finds the likeliest tokens whose probabilities sum to at least topP (Holtzman et al. 2020), which is the sampler's
 * own set.
 *
 * @param logits [n, vocabulary], divided by the temperature
 * @returns ids of the `candidates` likeliest [n, candidates], and 1 if one is in the nucleus; these are the whole
 * nucleus only if the candidates reach topP: `exact` [n]
 */
export function findNuclei(
  logits: tf.Tensor2D,
  topP: number,
  candidates: number,
): { ids: tf.Tensor2D; inside: tf.Tensor2D; exact: tf.Tensor1D } {
  const vocabulary = logits.shape[1];
  const count = Math.min(candidates, vocabulary);
  const { values, indices } = tf.topk<tf.Tensor2D>(logits, count);
  const total = tf.logSumExp(logits, 1, true); // [n, 1]
  const probabilities: tf.Tensor2D = tf.exp(tf.sub(values, total)); // [n, count], falling
  const inside: tf.Tensor2D = tf.cast(tf.less(tf.cumsum(probabilities, 1, true), topP), "int32");
  const reached: tf.Tensor1D = tf.greaterEqual(tf.sum(probabilities, 1), topP);
  const exact = count === vocabulary ? tf.onesLike(reached) : reached;
  return { ids: indices, inside, exact: tf.cast(exact, "int32") };
}

/**
 * log softmax over a set of tokens only: [n]
 *
 * @param logits [n, vocabulary]
 * @param targets [n] int32, each in its set
 * @param nuclei [n, widest] int32; −1 is filling
 */
export function logProbsWithin(logits: tf.Tensor2D, targets: tf.Tensor1D, nuclei: tf.Tensor2D): tf.Tensor1D {
  const [n, vocabulary] = logits.shape;
  const rows: tf.Tensor1D = tf.mul(tf.range(0, n, 1, "int32"), tf.scalar(vocabulary, "int32"));
  const flat: tf.Tensor1D = tf.reshape(logits, [-1]);
  const places: tf.Tensor2D = tf.add(tf.expandDims(rows, 1), tf.maximum(nuclei, tf.scalar(0, "int32")));
  const filling = tf.mul(tf.cast(tf.less(nuclei, tf.scalar(0, "int32")), "float32"), OUTSIDE);
  const ofSet = tf.add(tf.gather(flat, places), filling); // [n, widest]
  const ofTarget: tf.Tensor1D = tf.gather(flat, tf.add<tf.Tensor1D>(rows, targets));
  return tf.sub(ofTarget, tf.logSumExp(ofSet, 1));
}

/** log softmax over all tokens, read at the targets: [n] */
export function logProbsOf(logits: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor1D {
  const [n, vocabulary] = logits.shape;
  const rows: tf.Tensor1D = tf.mul(tf.range(0, n, 1, "int32"), tf.scalar(vocabulary, "int32"));
  const ofTarget: tf.Tensor1D = tf.gather(tf.reshape(logits, [-1]), tf.add<tf.Tensor1D>(rows, targets));
  return tf.sub(ofTarget, tf.logSumExp(logits, 1));
}

/** The nuclei of a micro-batch's tokens as an argument: [size, widest] int32, filled up with −1. */
export function nucleiTensor(
  nuclei: readonly Nuclei[],
  indices: readonly number[],
  size: number,
  vocabulary: number,
): tf.Tensor2D {
  const rows = indices.flatMap((index) => [...(nuclei[index] as Nuclei)]);
  const widest = Math.max(1, ...rows.map(({ length }) => length));
  // The widths are powers of four, so that few shapes occur.
  const width = Math.min(vocabulary, 4 ** Math.ceil(Math.log(Math.max(16, widest)) / Math.log(4)));
  const data = new Int32Array(size * width).fill(-1);
  rows.forEach((ids, row) => {
    data.set(ids, row * width);
  });
  for (let row = rows.length; row < size; row++) data[row * width] = 0; // filling has a set of one token, too
  return tf.tensor2d(data, [size, width], "int32");
}

export type FindNuclei = (samples: readonly Sample[], signal: AbortSignal) => Promise<Nuclei[]>;

/**
 * Finds the tokens that each token of the completions was sampled from. The sampled token always counts as one of them:
 * the generator's logits and these differ in the last digits, which matters at a nucleus's edge.
 */
export function nucleusFinder(
  scope: RunScope,
  model: CausalLanguageModel,
  { temperature, topP, microBatchSize }: { temperature: number; topP: number; microBatchSize: number },
): FindNuclei {
  const among = (candidates: number) =>
    scope.own(
      compileNamed(`ppo-nuclei-${candidates}`, (packed: PackedCompletions) =>
        findNuclei(cooledLogits(model, packed, temperature), topP, candidates),
      ),
    );
  const likeliest = among(CANDIDATES);
  let all: typeof likeliest | null = null;
  return async (samples, signal) => {
    const nuclei: Nuclei[] = [];
    const indices = samples.map((_, index) => index);
    const lengthOf = (index: number) => totalLength(samples[index] as Sample);
    for (const micro of splitIntoMicroBatches(indices, lengthOf, microBatchSize)) {
      await breathe(signal);
      const some = micro.map((index) => samples[index] as Sample);
      const find = (fn: typeof likeliest) => callOnce(fn, packSamples(some, microBatchSize));
      let found = find(likeliest);
      const tokens = some.reduce((sum, { ids }) => sum + ids.length, 0);
      const isExact = [...found.exact.dataSync().subarray(0, tokens)].every((flag) => flag === 1);
      if (!isExact) {
        tf.dispose([found.ids, found.inside, found.exact]);
        all ??= among(model.config.vocabSize);
        found = find(all);
      }
      const rows = readNuclei(found, some);
      tf.dispose([found.ids, found.inside, found.exact]);
      micro.forEach((index, place) => {
        nuclei[index] = rows[place] as Nuclei;
      });
    }
    return nuclei;
  };
}

function readNuclei({ ids, inside }: { ids: tf.Tensor2D; inside: tf.Tensor2D }, samples: readonly Sample[]): Nuclei[] {
  const [candidates, flags] = [ids.dataSync(), inside.dataSync()];
  const width = ids.shape[1];
  let row = 0;
  return samples.map((sample) =>
    sample.ids.map((sampled) => {
      const start = row++ * width;
      let size = 0;
      while (size < width && flags[start + size] === 1) size++;
      const nucleus = candidates.slice(start, start + size);
      return Int32Array.from(nucleus.includes(sampled) ? nucleus : [...nucleus, sampled]);
    }),
  );
}

/** The policy's logits before each completion token, divided by the temperature: [targets, vocabulary]. */
export function cooledLogits(
  model: CausalLanguageModel,
  packed: PackedCompletions,
  temperature: number,
  memory: ForwardMemory = {},
): tf.Tensor2D {
  const options = { adapter: true, recomputeEvery: recomputedLayers(memory), at: packed.at };
  return model.logits(tf.div(model.hiddenStates(packed, options), temperature));
}
