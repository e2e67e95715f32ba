import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { dpoLoss, logRatioGap } from "./dpo";
import { ipoLoss } from "./ipo";
import { ktoLoss, ktoReferencePoint } from "./kto";
import { logOddsOf, logSigmoid, oddsRatioLoss } from "./orpo";
import { withPreferredLikelihood } from "./preferred-likelihood";
import { rewardLoss } from "./reward";
import { robustDpoLoss } from "./robust-dpo";
import { sequenceKl } from "./sequence-kl";
import { sftLoss } from "./sft";
import { simpoLoss } from "./simpo";

// The expected values were worked out by hand from the formulas, not copied from a run.
const vector = (...values: number[]) => tf.tensor1d(values);
const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const close = (tensor: tf.Tensor, expected: number[]) => {
  const got = values(tensor);
  expect(got).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    expect(got[index]).toBeCloseTo(value, 5);
  });
};

describe("DPO", () => {
  it("is log 2 where the policy is its reference", () =>
    close(dpoLoss(vector(0), { beta: 0.1, labelSmoothing: 0 }), [Math.LN2]));
  it("takes h from four log-probs", () => {
    const pair = {
      chosen: vector(-10),
      rejected: vector(-20),
      referenceChosen: vector(-12),
      referenceRejected: vector(-17),
    };
    close(logRatioGap(pair), [5]);
  });
  it("is log(1 + e^-1) at βh = 1 and log(1 + e) at −1", () => {
    close(dpoLoss(vector(10, -10), { beta: 0.1, labelSmoothing: 0 }), [0.313262, 1.313262]);
  });
  it("mixes both sides under label smoothing: 0.9·0.313262 + 0.1·1.313262", () => {
    close(dpoLoss(vector(10), { beta: 0.1, labelSmoothing: 0.1 }), [0.413262]);
  });
  it("stays finite where σ underflows", () => {
    close(dpoLoss(vector(-2000), { beta: 1, labelSmoothing: 0 }), [2000]);
  });
  it("has the gradient −β σ(−βh)", () => {
    const gradient = tf.grad((h) => tf.sum(dpoLoss(h as tf.Tensor1D, { beta: 0.5, labelSmoothing: 0 })));
    close(gradient(vector(2)), [-0.5 * 0.268941]);
  });
});

describe("robust DPO", () => {
  it("is (0.9·0.313262 − 0.1·1.313262) ÷ 0.8 at βh = 1", () => {
    close(robustDpoLoss(vector(10), { beta: 0.1, labelSmoothing: 0.1 }), [0.188262]);
  });
  it("averages to plain DPO under the flips that it assumes", () => {
    const options = { beta: 0.3, labelSmoothing: 0.2 };
    const mixed = tf.add(
      tf.mul(robustDpoLoss(vector(1.7), options), 0.8),
      tf.mul(robustDpoLoss(vector(-1.7), options), 0.2),
    );
    close(mixed, values(dpoLoss(vector(1.7), { beta: 0.3, labelSmoothing: 0 })));
  });
});

describe("IPO", () => {
  it("is (1/2β)² at the reference", () => {
    close(ipoLoss(vector(0), vector(0), vector(3), vector(9), { beta: 0.2 }), [6.25]);
  });
  it("averages over tokens: (6/3 − 4/2 − 2.5)² and (6/2 − 1/2 − 2.5)²", () => {
    close(ipoLoss(vector(6, 6), vector(4, 1), vector(3, 2), vector(2, 2), { beta: 0.2 }), [6.25, 0]);
  });
});

describe("SFT", () => {
  it("divides by the targets of the whole batch and skips filling", () => {
    close(sftLoss(vector(-1, -2, -100), vector(1, 1, 0), tf.scalar(4)), [0.75]);
  });
});

describe("reward", () => {
  it("subtracts the margin: softplus(−(2 − 1 − 0.5))", () => {
    close(rewardLoss(vector(2), vector(1), vector(0.5), { centerRewardsCoefficient: 0 }), [0.474077]);
  });
  it("adds c·(r_c + r_r)²", () => {
    close(rewardLoss(vector(2), vector(1), vector(0), { centerRewardsCoefficient: 0.01 }), [0.313262 + 0.09]);
  });
});

describe("KTO", () => {
  it("weighs desirable and undesirable on their own sides of z", () => {
    const loss = ktoLoss(vector(12, 12), vector(1, 0), tf.scalar(2), {
      beta: 0.1,
      desirableWeight: 1,
      undesirableWeight: 1.33,
    });
    close(loss, [0.268941, 1.33 * 0.731059]);
  });
  it("takes z as the mean of mismatched log-ratios, at least 0", () => {
    expect(ktoReferencePoint([3, 1])).toBe(2);
    expect(ktoReferencePoint([-3, 1])).toBe(0);
    expect(ktoReferencePoint([])).toBe(0);
  });
});

describe("ORPO", () => {
  it("is log 2 for equal completions", () => close(oddsRatioLoss(vector(-1), vector(-1)), [Math.LN2]));
  it("reads odds: p = ½ has odds 1, p = ¼ odds ⅓, so −log σ(log 3) = log(4/3)", () => {
    close(oddsRatioLoss(vector(Math.log(0.5)), vector(Math.log(0.25))), [Math.log(4 / 3)]);
  });
  it("is TRL's formula to float32 wherever a completion is doubted by more than 10⁻⁶", () => {
    for (const doubt of [2e-6, 1e-4, 0.1, 0.9]) {
      const [certain, other] = [Math.fround(Math.log1p(-doubt)), -1.5];
      const odds = (l: number) => l - Math.log(-Math.expm1(l));
      const expected = Math.log1p(Math.exp(-(odds(other) - odds(certain))));
      const [got] = values(oddsRatioLoss(vector(other), vector(certain)));
      expect(Math.abs((got as number) / expected - 1)).toBeLessThan(1e-5);
      expect(logOddsOf(certain)).toBeCloseTo(odds(certain), 10);
    }
  });
  it.each([
    ["chosen", 0, -2],
    ["rejected", -2, 0],
    ["both", 0, 0],
    ["chosen, by rounding above 0", 1e-8, -2],
    ["chosen, beside the impossible", 0, -1e4],
  ])("is finite, and so is its gradient, where the model is certain of %s", (_, chosen, rejected) => {
    const gradients = tf.grads((c: tf.Tensor, r: tf.Tensor) => oddsRatioLoss(c as tf.Tensor1D, r as tf.Tensor1D));
    const all = [
      ...values(oddsRatioLoss(vector(chosen), vector(rejected))),
      ...gradients([vector(chosen), vector(rejected)]).flatMap(values),
    ];
    for (const value of all) expect(Number.isFinite(value)).toBe(true);
    expect(Number.isFinite(logSigmoid(logOddsOf(chosen) - logOddsOf(rejected)))).toBe(true);
  });
  it("still moves away from a rejected completion that the model is certain of", () => {
    const gradient = tf.grad((r: tf.Tensor) => oddsRatioLoss(vector(-2), r as tf.Tensor1D))(vector(0));
    expect(values(gradient)[0]).toBeCloseTo(1, 4);
  });
  it("has a log-sigmoid that does not overflow", () => {
    expect(logSigmoid(-2000)).toBe(-2000);
    expect(logSigmoid(0)).toBeCloseTo(-Math.LN2, 12);
    expect(logSigmoid(2000)).toBeCloseTo(0, 12);
  });
});

describe("SimPO", () => {
  it("is softplus(γ − β(ℓ_c − ℓ_r))", () => {
    close(simpoLoss(vector(-1), vector(-2), { beta: 2, gamma: 1 }), [0.313262]);
  });
});

describe("likelihood of the preferred", () => {
  const [preference, sums] = [tf.scalar(0.7), vector(-6, -2)];
  it("adds c · 8 nats ÷ 16 tokens of the whole batch", () => {
    close(withPreferredLikelihood(preference, sums, tf.scalar(16), { nllCoefficient: 0.2 }), [0.8]);
  });
  it("leaves the loss alone at 0", () => {
    expect(withPreferredLikelihood(preference, sums, tf.scalar(16), { nllCoefficient: 0 })).toBe(preference);
  });
});

describe("KL of a sequence", () => {
  it("is 0 where nothing moved and 10·(e^-0.5 − 1 + 0.5) where ten tokens lost half a nat each", () => {
    expect(sequenceKl(0, 10)).toBe(0);
    expect(sequenceKl(-5, 10)).toBeCloseTo(1.065307, 5);
  });
  it("is about Δ² ÷ 2|y| near the reference, and never negative", () => {
    expect(sequenceKl(0.1, 20)).toBeCloseTo(0.01 / 40, 6);
    expect(sequenceKl(3, 7)).toBeGreaterThan(0);
  });
});
