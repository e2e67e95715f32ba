import * as tf from "@tensorflow/tfjs";
import { type Discounts, gae } from "../../losses/gae";
import { grpoAdvantages, rlooAdvantages } from "../../losses/group-advantages";
import { type KlEstimator, klEstimate } from "../../losses/kl-estimators";
import { tokenRewards } from "../../losses/token-rewards";
import { whiten } from "../../losses/whiten";
import { maskOf, padded, type TokenRows, unpadded } from "./token-rows";

/** The measurements of an iteration's completions, taken before anything is learned from them. */
export type Experience = {
  /** log π and log π_ref of each sampled token from unmasked logits/T. */
  logProbs: TokenRows;
  referenceLogProbs: TokenRows;
  /** V before each token; null without a value model (RLOO, GRPO). */
  values: TokenRows | null;
  /** Scores after normalisation, clipping and penalties, one a completion. */
  scores: readonly number[];
  /** Index of the prompt that each completion answers. */
  prompts: readonly number[];
};

export type AdvantageSettings = Discounts & {
  advantageEstimator: "gae" | "rloo" | "grpo";
  klEstimator: KlEstimator;
  /** β of this iteration. */
  klCoefficient: number;
};

export type Estimates = {
  /** Estimated KL to the reference, nats: one a token. */
  kl: Float32Array[];
  /** −β·KL (none for GRPO), plus the score on the last token. */
  rewards: Float32Array[];
  /** Advantages as the loss takes them: GAE's are whitened over all real tokens of the rollout. */
  advantages: Float32Array[];
  /** Targets of the value model: advantages before whitening + values. Empty without a value model. */
  returns: Float32Array[];
};

/** Turns measurements into the inputs of the losses: KL → rewards → advantages → returns → whitening. */
export function estimateAdvantages(experience: Experience, settings: AdvantageSettings): Estimates {
  let estimates: Estimates = { kl: [], rewards: [], advantages: [], returns: [] };
  tf.tidy(() => {
    estimates = estimate(experience, settings);
  });
  return estimates;
}

function estimate(experience: Experience, settings: AdvantageSettings): Estimates {
  const lengths = experience.logProbs.map(({ length }) => length);
  const time = Math.max(1, ...lengths);
  const read = (values: tf.Tensor2D) => unpadded(values, lengths);
  const mask = maskOf(lengths, time);
  const [logProbs, reference] = [padded(experience.logProbs, time), padded(experience.referenceLogProbs, time)];
  const kl: tf.Tensor2D = tf.mul(klEstimate(logProbs, reference, settings.klEstimator), mask);
  // GRPO has its KL in the loss instead (`policy-loss.ts`).
  const klCoefficient = settings.advantageEstimator === "grpo" ? 0 : settings.klCoefficient;
  const rewards = tokenRewards(kl, tf.tensor1d([...experience.scores]), mask, { klCoefficient });
  const measured = { kl: read(kl), rewards: read(rewards) };
  if (settings.advantageEstimator !== "gae" || !experience.values) {
    const advantages = wholeCompletions(rewards, mask, experience.prompts, settings);
    return { ...measured, advantages: read(advantages), returns: [] };
  }
  const values = padded(experience.values, time);
  const advantages = gae(rewards, values, mask, settings);
  return { ...measured, advantages: read(whiten(advantages, mask)), returns: read(tf.add(advantages, values)) };
}

/** RLOO and GRPO compare whole completions; each token of one has its completion's advantage. */
function wholeCompletions(
  rewards: tf.Tensor2D,
  mask: tf.Tensor2D,
  prompts: readonly number[],
  { advantageEstimator }: AdvantageSettings,
): tf.Tensor2D {
  const sums = [...(tf.sum(rewards, 1).dataSync() as Float32Array)];
  const ofCompletion = advantageEstimator === "grpo" ? grpoAdvantages(sums, prompts) : rlooAdvantages(sums, prompts);
  return tf.mul(mask, tf.expandDims(tf.tensor1d(ofCompletion), 1));
}
