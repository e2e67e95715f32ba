import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { completeRunConfig } from "@/domain/runs/complete-run-config";
import { checkRunConfig } from "@/domain/runs/parse-run-config";
import type { CompleteOfflineConfig, PpoConfig } from "@/domain/runs/run-config";
import { brokenVariables, nonFiniteIteration, nonFiniteLoss } from "./non-finite";

const complete = (asked: object) =>
  completeRunConfig(checkRunConfig({ dataset: "d", ...asked }), { examples: 100, device: "cpu" }).config;
const dpo = (changes: object = {}) => complete({ method: "dpo", lora: {}, ...changes }) as CompleteOfflineConfig;

const fine = [
  { examples: [0, 1], values: Float32Array.of(-10, -30, -12, -4) },
  { examples: [2], values: Float32Array.of(-8, -9) },
];
const broken = [...fine, { examples: [3], values: Float32Array.of(Number.NaN, -9) }];
const usual = { firstStep: 1, loss: Number.NaN, gradNorm: null, values: fine, brokenWeights: [], gradNorms: [1, 2] };

describe("a step whose loss is no number names where it begins", () => {
  const line = (changes: object, config = dpo()) =>
    nonFiniteLoss(config, { step: 3, ...usual, ...changes }).userMessage;

  it("trained weights, broken by the update before", () => {
    const brokenWeights = ["a.weight", "b.weight", "c.weight", "d.weight"];
    expect(line({ values: broken, brokenWeights })).toMatch(
      /^Step 3: the loss is NaN, because trained weights hold numbers that are not finite \(a\.weight, b\.weight, c\.weight, and 1 more\)\. Until step 2 every figure was finite\. Likely cause: a learning rate too high/,
    );
  });
  it("trained weights that came with the model: no learning rate helps", () => {
    const text = line({ step: 1, values: broken, brokenWeights: ["a.weight"], gradNorms: [] });
    expect(text).toMatch(/from the first step on, before anything was learned\. They came with the model/);
    expect(text).not.toMatch(/learningRate|learning rate/);
  });
  it("the forward pass, with finite weights", () => {
    expect(line({ values: broken })).toMatch(
      /log-probs of the forward pass are not finite \(in micro-batches with 1 of 4 examples\), although all trained weights are\. Until step 2/,
    );
    expect(line({ values: broken, step: 1 })).toMatch(/weights that do not train are damaged, or the forward pass/);
    expect(line({ values: broken }, complete({ method: "reward", lora: {} }) as CompleteOfflineConfig)).toMatch(
      /because scores of the forward pass/,
    );
  });
  it("the loss of log-probs that are finite", () => {
    expect(line({ loss: Number.POSITIVE_INFINITY })).toMatch(
      /^Step 3: the loss is Infinity, although weights and log-probs are finite \(-30\.00 to -4\.000\): the loss itself overflows/,
    );
  });
  it("only the gradient", () => {
    const only = { loss: 0.53, gradNorm: Number.POSITIVE_INFINITY };
    expect(line(only)).toMatch(
      /^Step 3: the gradient's norm is Infinity, while the loss, 0\.53, and all log-probs are finite: the backward pass alone overflows\. Until step 2/,
    );
    expect(line({ ...only, step: 1 })).toMatch(/too extreme for the model/);
  });
  it("says from which step on where the run went on from a checkpoint", () => {
    expect(line({ step: 8, firstStep: 8, values: broken })).toMatch(/first step since the run went on from step 7\./);
  });
  it("goes by the learning rate and the gradients before it", () => {
    const weights = { brokenWeights: ["a"] };
    expect(line(weights, dpo({ learningRate: 1 }))).toMatch(/learningRate 1 is above the usual 0\.00005/);
    expect(line({ ...weights, gradNorms: [2, 300] })).toMatch(/gradients grew before it \(norms 2\.00, 300\)/);
  });
});

it("finds the variables that hold what is not finite, by their stable names", () => {
  const variables = [
    tf.variable(tf.tensor1d([1, 2]), true, "policy-7/good"),
    tf.variable(tf.tensor1d([1, Number.NaN]), true, "policy-7/bad.weight"),
    tf.variable(tf.tensor1d([Number.NEGATIVE_INFINITY]), true, "policy-7/worse"),
  ];
  expect(brokenVariables(variables)).toEqual(["bad.weight", "worse"]);
  tf.dispose(variables);
});

describe("an iteration of PPO", () => {
  const config = complete({ method: "ppo" }) as PpoConfig;
  const line = (changes: object) =>
    nonFiniteIteration(config, {
      iteration: 4,
      of: "policy",
      losses: [0.1, 0.2],
      gradNorms: [1, 1],
      measuredFinite: true,
      ...changes,
    }).userMessage;
  it("tells loss, gradient and broken weights apart, and names the network's own rate", () => {
    expect(line({ losses: [0.1, Number.NaN] })).toMatch(
      /^Iteration 4: the loss of the policy is NaN, at its step 2 .*policyLearningRate/,
    );
    expect(line({ gradNorms: [Number.POSITIVE_INFINITY, 1], of: "value" })).toMatch(
      /^Iteration 4: the gradient of the value model is Infinity, at its step 1 .*its loss is finite.*valueLearningRate/,
    );
    const all = { losses: [Number.NaN], gradNorms: [Number.NaN], measuredFinite: false };
    expect(line(all)).toMatch(/weights broke in the iteration before\. Likely cause: policyLearningRate/);
    expect(line({ ...all, iteration: 1 })).toMatch(/before anything was learned: its weights are damaged/);
  });
});
