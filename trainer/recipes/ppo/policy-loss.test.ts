import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { estimateAdvantages } from "./estimate-advantages";
import { POLICY_FIGURES, policyLoss } from "./policy-loss";

const SETTINGS = { clipRange: 0.2, entropyCoefficient: 0 };
const vector = (...values: number[]) => tf.tensor1d(values);
const tokens = { oldLogProbs: vector(-1, -2), advantages: vector(0, 0), weights: vector(0.5, 0.5) };

describe("GRPO's KL", () => {
  const withKl = { ...tokens, referenceLogProbs: vector(-1.5, -2), klCoefficient: tf.scalar(0.4) };
  const k3 = (d: number) => Math.exp(-d) - 1 + d;

  it("is a part of the loss: β times the mean of k3", () => {
    const { loss, sequences } = policyLoss({ logProbs: vector(-1, -2), entropies: null }, withKl, SETTINGS);
    expect(loss.dataSync()[0]).toBeCloseTo(0.4 * 0.5 * k3(0.5), 6);
    expect(sequences.dataSync()[POLICY_FIGURES.indexOf("klPenalty")]).toBeCloseTo(0.4 * 0.5 * k3(0.5), 6);
  });
  it("has the gradient β·(1 − π_ref/π) a token, and none where the policy is the reference", () => {
    const gradient = tf.grad(
      (logProbs: tf.Tensor) =>
        policyLoss({ logProbs: logProbs as tf.Tensor1D, entropies: null }, withKl, SETTINGS).loss,
    )(vector(-1, -2));
    const [moved, same] = [...gradient.dataSync()];
    expect(moved).toBeCloseTo(0.5 * 0.4 * (1 - Math.exp(-0.5)), 5);
    expect(same).toBeCloseTo(0, 6);
  });
  it("is measured on the unmasked probabilities where tokens were sampled from a nucleus", () => {
    const heads = { logProbs: vector(-1, -2), entropies: null, unmasked: vector(-1.5, -2) };
    expect(policyLoss(heads, withKl, SETTINGS).loss.dataSync()[0]).toBeCloseTo(0, 6);
  });
  it("is in no other estimator's loss", () => {
    expect(policyLoss({ logProbs: vector(-1, -2), entropies: null }, tokens, SETTINGS).loss.dataSync()[0]).toBeCloseTo(
      0,
    );
  });
});

it.each([
  ["grpo", [0, 0, 2]],
  ["rloo", [-0.25, -0.25, 1.75]],
] as const)("%s: the KL is in the rewards only where it is not in the loss", (advantageEstimator, expected) => {
  const { rewards, kl } = estimateAdvantages(
    {
      logProbs: [[-1, -1, -1], [-1]],
      referenceLogProbs: [[-1.5, -1.5, -1.5], [-1]],
      values: null,
      scores: [2, 1],
      prompts: [0, 0],
    },
    { advantageEstimator, klEstimator: "k1", klCoefficient: 0.5, gamma: 1, lambda: 0.95 },
  );
  expect([...(rewards[0] as Float32Array)]).toEqual(expected);
  // The figures, and β's controller, use the KL in either case.
  expect([...(kl[0] as Float32Array)]).toEqual([0.5, 0.5, 0.5]);
});
