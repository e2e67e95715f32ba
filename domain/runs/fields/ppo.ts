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
      "gae is PPO with a value model. rloo and grpo compare several completions of a prompt instead and need no value model.",
    group: "method",
    basic: true,
  }),
  rewardModels: field(z.array(z.string().min(1)).default([]), {
    title: "Reward models",
    meaning: "Models that score the completions; several make an ensemble.",
    group: "method",
    basic: true,
  }),
  rewardFunctions: field(z.array(rewardFunctionSchema).default([]), {
    title: "Reward functions",
    meaning:
      "Computed rewards (exactMatch, regularExpression, jsonValidity, length, module), added with their weights.",
    group: "method",
  }),
  rolloutBatchSize: field(count().optional(), {
    title: "Prompts an iteration",
    meaning: "Prompts that are answered before the policy learns from the answers.",
    group: "optimisation",
    basic: true,
    safe: {
      min: 8,
      max: 2048,
      why: "the post-training guide takes 512–2048; with less than 8 an iteration is mostly chance",
    },
  }),
  epochs: field(positive().optional(), {
    title: "Passes over the prompts",
    meaning: "How often each prompt is answered anew.",
    whenAbsent: "as many as 40 iterations take.",
    group: "optimisation",
    basic: true,
  }),
  samplesPerPrompt: field(count().max(64).optional(), {
    title: "Completions a prompt",
    meaning: "1 for gae; rloo and grpo compare the completions of one prompt and need 2 or more (4 when left out).",
    group: "optimisation",
  }),
  minibatchSize: field(count().optional(), {
    title: "Minibatch size",
    meaning: "Completions in one optimizer step.",
    group: "optimisation",
    safe: {
      min: 4,
      max: 256,
      why: "the post-training guide takes 64–256, and fewer on a small machine; with less than 4 a step is mostly chance",
    },
  }),
  ppoEpochs: field(count().default(2), {
    title: "Epochs an iteration",
    meaning: "How often the policy goes over the same completions.",
    group: "optimisation",
    safe: {
      min: 2,
      max: 4,
      why: "the post-training guide's range; 1 learns little from what took long to write, after 4 the policy has left the one that wrote",
    },
  }),
  temperature: field(positive().max(10).default(1), {
    title: "Temperature",
    meaning: "How freely completions are sampled. 1 is the model's own distribution.",
    group: "method",
    safe: { min: 0.7, max: 1, why: "the post-training guide's range; lower explores too little" },
  }),
  topP: field(z.number().gt(0).max(1).default(0.95), {
    title: "Top-p",
    meaning: "Sample from the likeliest tokens that hold this probability together.",
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
      why: "the post-training guide takes 256–1024, and fewer on a small machine; with less than 16 most answers are cut",
    },
    unit: "tokens",
  }),
  policyLearningRate: field(positive().optional(), {
    title: "Policy learning rate",
    meaning: "Size of the policy's steps. Adapters take about ten times what full training takes.",
    group: "optimisation",
    basic: true,
  }),
  valueLearningRate: field(positive().optional(), {
    title: "Value learning rate",
    meaning: "Size of the value model's steps; it learns faster than the policy.",
    group: "optimisation",
  }),
  gamma: field(z.number().gt(0).max(1).default(1), {
    title: "γ",
    meaning: "How much a reward loses a token. 1: nothing, the score counts for the whole completion.",
    group: "method",
    safe: { min: 0.95, why: "below it the score at the end does not reach the beginning" },
  }),
  lambda: field(z.number().min(0).max(1).default(0.95), {
    title: "λ",
    meaning: "0 trusts the value model, 1 the rewards alone.",
    group: "method",
    safe: { min: 0.9, why: "the value model is seldom good enough for less" },
  }),
  clipRange: field(positive().default(0.2), {
    title: "Clip range ε",
    meaning: "A token's probability gains nothing by changing more than this within an iteration.",
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
    meaning: "Rewards keeping several tokens likely. Raise it when completions become alike.",
    group: "method",
    safe: { max: 0.02, why: "more makes the policy babble" },
  }),
  klCoefficient: field(z.number().min(0).optional(), {
    title: "KL coefficient β",
    meaning: "How strongly the model is held to where it started (β, per nat of KL).",
    whenAbsent: "0.1, or with a KL target a start that suits the spread of the first scores.",
    group: "method",
    basic: true,
    safe: { min: 0.01, max: 0.2, why: "0.01 is aggressive, 0.1 a good start, 0.2 conservative" },
  }),
  klEstimator: field(z.enum(["k1", "k3"]).default("k1"), {
    title: "KL estimator",
    meaning:
      "k1 is unbiased as a penalty; k3 is never negative and less noisy. With grpo the KL is a part of the loss, there always k3, and this only decides how it is measured for the figures and for β.",
    group: "method",
  }),
  klTarget: field(positive().optional(), {
    title: "KL target",
    meaning: "β adapts until a completion's KL is about this.",
    whenAbsent: "β stays as it is.",
    group: "method",
    unit: "nats",
  }),
  klHorizon: field(positive().optional(), {
    title: "KL horizon",
    meaning: "Completions over which β adapts; fewer adapts faster.",
    whenAbsent: "a twentieth of the run's, at most 10,000.",
    group: "method",
  }),
  klLookahead: field(z.int().min(FEWEST_LOOKED_BACK_ON).optional(), {
    title: "KL look-ahead",
    meaning:
      "β is not lowered while KL, going on as in the last so many iterations, would reach its target within as many more.",
    whenAbsent:
      "β follows the published formula, which lowers it for as long as KL is below the target, so that KL overshoots where the policy follows slowly. 10 suits a run of some tens of iterations.",
    group: "method",
    unit: "iterations",
    safe: {
      min: 5,
      max: 20,
      why: "over fewer iterations the slope is noise; over more, β waits for a KL that has stopped rising",
    },
  }),
  epochKlLimit: field(positive().optional(), {
    title: "Stop an iteration at",
    meaning: "Ends an iteration's epochs early once the policy is this far from the one that wrote the completions.",
    group: "method",
    unit: "nats a token",
  }),
  ensemble: field(z.enum(["min", "mean"]).default("min"), {
    title: "Ensemble",
    meaning: "Of several reward models: the lowest score, or the mean less k standard deviations.",
    group: "method",
  }),
  ensembleStdCoefficient: field(z.number().min(0).default(0), {
    title: "Ensemble k",
    meaning: "How many standard deviations are taken off the mean where the reward models disagree.",
    group: "method",
  }),
  normalizeReward: field(z.boolean().default(false), {
    title: "Normalise scores",
    meaning: "Shifts and scales scores by their running mean and deviation, so that β means the same for any model.",
    group: "method",
  }),
  rewardClip: field(positive().optional(), {
    title: "Clip scores at",
    meaning: "Scores beyond ± this count as this. Takes the point out of exploits.",
    group: "method",
  }),
  lengthPenalty: field(z.number().min(0).default(0), {
    title: "Length penalty",
    meaning: "Taken off the score for each token.",
    group: "method",
  }),
  missingEosPenalty: field(z.number().min(0).default(1), {
    title: "Penalty for no end",
    meaning: "Taken off the score of a completion that did not end by itself.",
    group: "method",
  }),
  ...sftMixFields,
  auxiliaryCoefficient: field(z.number().min(0).default(0), {
    title: "Auxiliary coefficient",
    meaning:
      "Weight of a second loss: the negative log-likelihood, a token, of text that earns no reward. That text is the auxiliary dataset, or else the dataset's own demonstrations; each of the policy's steps takes one micro-batch of it.",
    group: "method",
  }),
  auxiliaryDataset: field(z.string().min(1).optional(), {
    title: "Auxiliary text",
    meaning:
      'A JSONL file of {"text": …}, of which every token counts, or of demonstrations, of which the completion does.',
    whenAbsent: "the dataset's own demonstrations.",
    group: "data",
  }),
  suitesEvery: field(count().optional(), {
    title: "Score suites every",
    meaning:
      "Iterations between two scorings of the capability suites (mathematics, coding, reasoning), and one before the first.",
    whenAbsent: "they are not scored.",
    group: "method",
    unit: "iterations",
  }),
  suiteThreshold: field(z.number().gt(0).max(1).default(0.1), {
    title: "Suite may lose",
    meaning:
      "Accuracy that a suite may lose against the start. Where one surely loses more (its whole 95 % interval lies below), its practice questions are mixed into the policy's steps until it is back.",
    group: "method",
  }),
  suiteThresholds: field(z.partialRecord(z.enum(SUITE_NAMES), z.number().min(0).max(1)).optional(), {
    title: "Least accuracy",
    meaning:
      "0 to 1: where a suite's whole 95 % interval lies below it, the suite's practice questions are mixed in, whatever it lost.",
    whenAbsent: "by what it may lose. Suites must be scored.",
    group: "method",
  }),
  practiceMixRatio: field(z.number().gt(0).max(1).default(0.2), {
    title: "Practice mix",
    meaning: "How much of the practice questions is mixed in, as the SFT mix counts.",
    group: "method",
  }),
  memoryMode: field(z.enum(["adapters", "separate", "offload"]).optional(), {
    title: "Memory",
    meaning:
      "adapters: all models share one base. separate: each has its own weights. offload: as separate, but only the model at work is in memory and the others are on disk: slower. adapters where an adapter is trained, else separate.",
    group: "run",
  }),
};
