import { z } from "zod";
import { SUITE_NAMES } from "../../evaluation/suites";
import { field } from "../field-meaning";
import { sftMixFields } from "./sft-mix";

/**
 * The keys of reinforcement learning (PPO, RLOO, GRPO). An iteration writes completions, scores them and learns from
 * them.
 */

const positive = () => z.number().positive();
const count = () => z.int().positive();
const weight = { weight: z.number().default(1) };

/** A KL of few completions is so noisy that two points have no slope. */
export const FEWEST_LOOKED_BACK_ON = 3;

/**
 * The rewards that are computed rather than learned. The scores of all chosen ones are added, each times its weight.
 */
export const rewardFunctionSchema = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("exactMatch"),
    ...weight,
    /** The right answer. Where the key is absent, it is the `answer` that stands beside the prompt in the dataset. */
    answer: z.string().optional(),
    ignoreCase: z.boolean().default(true),
  }),
  z.strictObject({
    name: z.literal("regularExpression"),
    ...weight,
    pattern: z.string().min(1),
    flags: z.string().default(""),
  }),
  z.strictObject({
    name: z.literal("jsonValidity"),
    ...weight,
    requiredKeys: z.array(z.string().min(1)).default([]),
  }),
  z.strictObject({
    name: z.literal("length"),
    ...weight,
    unit: z.enum(["tokens", "words", "characters"]).default("words"),
    min: z.number().min(0).default(0),
    max: positive(),
  }),
  z.strictObject({
    name: z.literal("module"),
    ...weight,
    path: z.string().min(1),
    options: z.record(z.string(), z.unknown()).default({}),
  }),
]);
export type RewardFunctionConfig = z.output<typeof rewardFunctionSchema>;

export const ppoFields = {
  advantageEstimator: field(z.enum(["gae", "rloo", "grpo"]).default("gae"), {
    title: "Advantages",
    meaning:
      "How advantages are estimated. gae is PPO with a value model; rloo and grpo compare several completions of one prompt instead and need no value model.",
    group: "method",
    basic: true,
  }),
  rewardModels: field(z.array(z.string().min(1)).default([]), {
    title: "Reward models",
    meaning: "The models that score the completions. Several models form an ensemble.",
    group: "method",
    basic: true,
  }),
  rewardFunctions: field(z.array(rewardFunctionSchema).default([]), {
    title: "Reward functions",
    meaning:
      "Computed rewards (exactMatch, regularExpression, jsonValidity, length, module), which are added with their weights.",
    group: "method",
  }),
  rolloutBatchSize: field(count().optional(), {
    title: "Prompts per iteration",
    meaning: "The number of prompts that are answered before the policy learns from the answers.",
    group: "optimisation",
    basic: true,
    safe: {
      min: 8,
      max: 2048,
      why: "the post-training guide uses 512–2048; with fewer than 8, an iteration is mostly chance",
    },
  }),
  epochs: field(positive().optional(), {
    title: "Passes over the prompts",
    meaning: "How often each prompt is answered.",
    whenAbsent: "as many as 40 iterations take.",
    group: "optimisation",
    basic: true,
  }),
  samplesPerPrompt: field(count().max(64).optional(), {
    title: "Completions per prompt",
    meaning:
      "The number of completions of each prompt. gae needs 1; rloo and grpo compare the completions of one prompt and need 2 or more (default: 4).",
    group: "optimisation",
  }),
  minibatchSize: field(count().optional(), {
    title: "Minibatch size",
    meaning: "The number of completions in one optimizer step.",
    group: "optimisation",
    safe: {
      min: 4,
      max: 256,
      why: "the post-training guide uses 64–256, and fewer on a small machine; with fewer than 4, a step is mostly chance",
    },
  }),
  ppoEpochs: field(count().default(2), {
    title: "Epochs per iteration",
    meaning: "How often the policy is trained on the completions of one iteration.",
    group: "optimisation",
    safe: {
      min: 2,
      max: 4,
      why: "the post-training guide's range; 1 learns little from rollouts that took long to write, and after 4 the policy is far from the one that wrote them",
    },
  }),
  temperature: field(positive().max(10).default(1), {
    title: "Temperature",
    meaning: "How freely completions are sampled. 1 is the model's own distribution.",
    group: "method",
    safe: { min: 0.7, max: 1, why: "the post-training guide's range; a lower temperature explores too little" },
  }),
  topP: field(z.number().gt(0).max(1).default(0.95), {
    title: "Top-p",
    meaning: "Completions are sampled from the most likely tokens that together hold this probability.",
    group: "method",
    safe: { min: 0.9, why: "0.95 is usual; below 0.9 the policy can't discover anything" },
  }),
  maxNewTokens: field(count().optional(), {
    title: "Completion length",
    meaning: "A completion is cut after this many tokens.",
    group: "method",
    basic: true,
    safe: {
      min: 16,
      max: 1024,
      why: "the post-training guide uses 256–1024, and fewer on a small machine; with fewer than 16, most answers are cut",
    },
    unit: "tokens",
  }),
  policyLearningRate: field(positive().optional(), {
    title: "Policy learning rate",
    meaning: "The size of the policy's steps. An adapter needs about ten times the learning rate of full training.",
    group: "optimisation",
    basic: true,
  }),
  valueLearningRate: field(positive().optional(), {
    title: "Value learning rate",
    meaning: "The size of the value model's steps. The value model learns faster than the policy.",
    group: "optimisation",
  }),
  gamma: field(z.number().gt(0).max(1).default(1), {
    title: "γ",
    meaning:
      "The factor by which a reward is discounted for each token. At 1 there is no discount: the score counts fully for the whole completion.",
    group: "method",
    safe: { min: 0.95, why: "below the minimum, the score at the end does not reach the beginning of a completion" },
  }),
  lambda: field(z.number().min(0).max(1).default(0.95), {
    title: "λ",
    meaning: "The λ of GAE: 0 trusts the value model alone, 1 trusts the rewards alone.",
    group: "method",
    safe: { min: 0.9, why: "the value model is seldom accurate enough for less" },
  }),
  clipRange: field(positive().default(0.2), {
    title: "Clip range ε",
    meaning: "Changing a token's probability by more than this ratio within an iteration gains nothing.",
    group: "method",
    safe: { min: 0.1, max: 0.3, why: "the post-training guide's range; 0.2 is usual" },
  }),
  valueClipRange: field(positive().default(0.2), {
    title: "Value clip range",
    meaning: "The value model's predictions change by no more than this within an iteration.",
    group: "method",
  }),
  entropyCoefficient: field(z.number().min(0).default(0), {
    title: "Entropy bonus",
    meaning: "Rewards keeping several tokens likely. Raise the bonus when completions become alike.",
    group: "method",
    safe: { max: 0.02, why: "more makes the policy babble" },
  }),
  klCoefficient: field(z.number().min(0).optional(), {
    title: "KL coefficient β",
    meaning: "How strongly the model is held to where it started (β, per nat of KL).",
    whenAbsent: "0.1; with a KL target, a start that suits the spread of the first scores.",
    group: "method",
    basic: true,
    safe: { min: 0.01, max: 0.2, why: "0.01 is aggressive, 0.1 a good start, 0.2 conservative" },
  }),
  klEstimator: field(z.enum(["k1", "k3"]).default("k1"), {
    title: "KL estimator",
    meaning:
      "How the KL is estimated. k1 is unbiased as a penalty; k3 is never negative and less noisy. With grpo the KL is a part of the loss and always uses k3; the estimator then only decides how KL is measured for the figures and for β.",
    group: "method",
  }),
  klTarget: field(positive().optional(), {
    title: "KL target",
    meaning: "β adapts until the KL of a completion is about this value.",
    whenAbsent: "β stays constant.",
    group: "method",
    unit: "nats",
  }),
  klHorizon: field(positive().optional(), {
    title: "KL horizon",
    meaning: "The number of completions over which β adapts; a shorter horizon adapts faster.",
    whenAbsent: "a twentieth of the run's completions, at most 10,000.",
    group: "method",
  }),
  klLookahead: field(z.int().min(FEWEST_LOOKED_BACK_ON).optional(), {
    title: "KL look-ahead",
    meaning:
      "β is not lowered while the KL, at its trend over this many iterations, would reach the target within as many more iterations.",
    whenAbsent:
      "β follows the published formula, which lowers β for as long as the KL is below the target, so that the KL overshoots where the policy follows slowly. 10 suits a run of some tens of iterations.",
    group: "method",
    unit: "iterations",
    safe: {
      min: 5,
      max: 20,
      why: "over fewer iterations the trend is noise; over more, β waits for a KL that has stopped rising",
    },
  }),
  epochKlLimit: field(positive().optional(), {
    title: "Stop an iteration at",
    meaning:
      "Ends the epochs of an iteration early once the policy is this far from the policy that wrote the completions.",
    group: "method",
    unit: "nats per token",
  }),
  ensemble: field(z.enum(["min", "mean"]).default("min"), {
    title: "Ensemble",
    meaning:
      "How the scores of several reward models are combined: the lowest score, or the mean minus k standard deviations.",
    group: "method",
  }),
  ensembleStdCoefficient: field(z.number().min(0).default(0), {
    title: "Ensemble k",
    meaning:
      "The number of standard deviations that are subtracted from the mean, so that disagreement between the reward models costs score.",
    group: "method",
  }),
  normalizeReward: field(z.boolean().default(false), {
    title: "Normalise scores",
    meaning:
      "Shifts and scales scores by their running mean and standard deviation, so that a β has the same effect with any reward model.",
    group: "method",
  }),
  rewardClip: field(positive().optional(), {
    title: "Clip scores at",
    meaning: "Scores beyond ± this value are clipped to it, which makes exploits unprofitable.",
    group: "method",
  }),
  lengthPenalty: field(z.number().min(0).default(0), {
    title: "Length penalty",
    meaning: "The amount that is subtracted from the score for each token.",
    group: "method",
  }),
  missingEosPenalty: field(z.number().min(0).default(1), {
    title: "Penalty for a missing end",
    meaning: "The amount that is subtracted from the score of a completion that did not end by itself.",
    group: "method",
  }),
  ...sftMixFields,
  auxiliaryCoefficient: field(z.number().min(0).default(0), {
    title: "Auxiliary coefficient",
    meaning:
      "The weight of a second loss: the negative log-likelihood per token of text that earns no reward. That text is the auxiliary dataset or, without one, the dataset's own demonstrations; each step of the policy takes one micro-batch of that text.",
    group: "method",
  }),
  auxiliaryDataset: field(z.string().min(1).optional(), {
    title: "Auxiliary text",
    meaning:
      'A JSONL file of {"text": …}, where every token counts, or of demonstrations, where only the completion counts.',
    whenAbsent: "the dataset's own demonstrations.",
    group: "data",
  }),
  suitesEvery: field(count().optional(), {
    title: "Score suites every",
    meaning:
      "The number of iterations between two scorings of the capability suites (mathematics, coding, reasoning). One more scoring precedes the first iteration.",
    whenAbsent: "the suites are not scored.",
    group: "method",
    unit: "iterations",
  }),
  suiteThreshold: field(z.number().gt(0).max(1).default(0.1), {
    title: "Suite may lose",
    meaning:
      "The accuracy that a suite may lose compared with the start. If a suite surely loses more (its whole 95 % interval lies below), its practice questions are mixed into the policy's steps until the accuracy is back.",
    group: "method",
  }),
  suiteThresholds: field(z.partialRecord(z.enum(SUITE_NAMES), z.number().min(0).max(1)).optional(), {
    title: "Least accuracy",
    meaning:
      "From 0 to 1. If a suite's whole 95 % interval lies below this accuracy, the suite's practice questions are mixed in, however little the suite has lost.",
    whenAbsent: "only the loss of accuracy decides. Suites must be scored.",
    group: "method",
  }),
  practiceMixRatio: field(z.number().gt(0).max(1).default(0.2), {
    title: "Practice mix",
    meaning: "How many practice questions are mixed in, counted as for the SFT mix.",
    group: "method",
  }),
  memoryMode: field(z.enum(["adapters", "separate", "offload"]).optional(), {
    title: "Memory",
    meaning:
      "How the models of PPO are held in memory. adapters: all models share one base. separate: each model has its own weights. offload: like separate, but only the model at work is in memory and the others are on disk, which is slower. The default is adapters if an adapter is trained, otherwise separate.",
    group: "run",
  }),
};
