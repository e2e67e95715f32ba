import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { createRandom } from "../engine/random";
import { clippedValueLoss } from "./clipped-value";
import { entropy } from "./entropy";
import { gae, gaeByLoop } from "./gae";
import { grpoAdvantages, rlooAdvantages } from "./group-advantages";
import { klEstimate } from "./kl-estimators";
import { maskedMean, maskedVariance } from "./masked-mean";
import { ppoClip } from "./ppo-clip";
import { tokenRewards } from "./token-rewards";
import { whiten } from "./whiten";

// The expected values were worked out by hand from the formulas, not copied from a run.
const vector = (...values: number[]) => tf.tensor1d(values);
const rows = (...values: number[][]) => tf.tensor2d(values);
const close = (got: tf.Tensor | readonly number[], expected: number[], digits = 5) => {
  const values = got instanceof tf.Tensor ? [...got.dataSync()] : got;
  expect(values).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    expect(values[index]).toBeCloseTo(value, digits);
  });
};

describe("clipped surrogate", () => {
  const at = (ratio: number, advantage: number) =>
    ppoClip(vector(Math.log(ratio)), vector(0), vector(advantage), { clipRange: 0.2 });
  it("is −ρA inside the range", () => {
    close(at(1.1, 2).losses, [-2.2]);
    close(at(1.1, 2).clipped, [0]);
  });
  it("stops rewarding a good token at 1 + ε and a bad one at 1 − ε", () => {
    close(at(1.5, 2).losses, [-2.4]);
    close(at(0.5, -2).losses, [1.6]);
    close(at(1.5, 2).clipped, [1]);
  });
  it("goes on punishing where the ratio is on the wrong side", () => {
    close(at(1.5, -2).losses, [3]);
    close(at(0.5, 2).losses, [-1]);
    close(at(1.5, -2).clipped, [0]);
  });
  it("has the gradient −A·ρ inside, 0 where clipped", () => {
    const gradient = tf.grad((logProb) =>
      tf.sum(ppoClip(logProb as tf.Tensor1D, vector(0, 0), vector(2, 2), { clipRange: 0.2 }).losses),
    );
    close(gradient(vector(0, Math.log(1.5))), [-2, 0]);
  });
});

describe("value loss", () => {
  it("is half the square inside, the clipped one where that is larger", () => {
    const { losses, clipped } = clippedValueLoss(vector(1.1, 2), vector(1, 1), vector(1.5, 3), { valueClipRange: 0.2 });
    close(losses, [0.5 * 0.4 ** 2, 0.5 * (1.2 - 3) ** 2]);
    close(clipped, [0, 1]);
  });
});

describe("entropy", () => {
  it("is log n of n equal logits, and −Σ p log p in general", () => {
    close(entropy(rows([3, 3, 3, 3], [Math.log(3), 0, -1e9, -1e9])), [
      Math.log(4),
      -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)),
    ]);
  });
});

describe("KL estimators", () => {
  it("k1 is the log-ratio, k3 is e^−d − 1 + d", () => {
    close(klEstimate(vector(-1, -2), vector(-1.5, -1), "k1"), [0.5, -1]);
    close(klEstimate(vector(-1, -2), vector(-1.5, -1), "k3"), [Math.exp(-0.5) - 0.5, Math.E - 2]);
  });
  it("k3 keeps its digits near 0, where it is d²/2", () => {
    const [value] = klEstimate(vector(1e-3), vector(0), "k3").dataSync();
    expect(Math.abs((value as number) / 5e-7 - 1)).toBeLessThan(0.02);
  });
});

describe("masked statistics", () => {
  const mask = rows([1, 1, 0], [1, 0, 0]);
  const values = rows([1, 2, 99], [6, -99, 99]);
  it("leave padding out", () => {
    close(maskedMean(values, mask), [3]);
    close(maskedVariance(values, mask), [(4 + 1 + 9) / 3]);
  });
  it("whiten to mean 0 and variance 1 over all real tokens, 0 at padding", () => {
    const deviation = Math.sqrt(14 / 3);
    close(whiten(values, mask), [-2 / deviation, -1 / deviation, 0, 3 / deviation, 0, 0]);
  });
  it("whiten equal values to 0", () => close(whiten(rows([2, 2]), rows([1, 1])), [0, 0]));
});

describe("token rewards", () => {
  it("are −β·KL, with the score on the last real token", () => {
    const got = tokenRewards(rows([1, 2, 5], [4, 5, 5]), vector(10, -1), rows([1, 1, 0], [1, 0, 0]), {
      klCoefficient: 0.1,
    });
    close(got, [-0.1, 9.8, 0, -1.4, 0, 0]);
  });
});

describe("GAE", () => {
  const discounts = { gamma: 1, lambda: 0.95 };
  it("by hand: three tokens, the reward at the end", () => {
    // δ = (0.5 − 1, 2 − 0.5, 3 − 2) = (−0.5, 1.5, 1); A₃ = 1, A₂ = 1.5 + 0.95, A₁ = −0.5 + 0.95 · 2.45
    close(gaeByLoop([0, 0, 3], [1, 0.5, 2], discounts), [1.8275, 2.45, 1]);
  });
  it("with λ = 1 is the return minus the value, with λ = 0 the one-step error", () => {
    close(gaeByLoop([1, 2], [5, 7], { gamma: 0.5, lambda: 1 }), [1 + 0.5 * 2 - 5, 2 - 7]);
    close(gaeByLoop([1, 2], [5, 7], { gamma: 0.5, lambda: 0 }), [1 + 0.5 * 7 - 5, 2 - 7]);
  });
  it("vectorised equals the loop on random completions, whatever stands at padding", () => {
    const random = createRandom(3);
    const lengths = [7, 1, 4, 6];
    const time = 7;
    const draw = () => lengths.map(() => Array.from({ length: time }, () => random.normal()));
    const [rewards, values] = [draw(), draw()];
    const mask = lengths.map((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0)));
    for (const settings of [discounts, { gamma: 0.9, lambda: 0.7 }]) {
      const got = gae(rows(...rewards), rows(...values), rows(...mask), settings).arraySync();
      lengths.forEach((length, i) => {
        const expected = gaeByLoop(rewards[i]!.slice(0, length), values[i]!.slice(0, length), settings);
        close(got[i]!, [...expected, ...new Array<number>(time - length).fill(0)]);
      });
    }
  });
});

describe("group advantages", () => {
  const groups = [0, 0, 1, 0, 2, 1];
  const rewards = [1, 2, 5, 6, 9, 5];
  it("RLOO compares with the mean of the others", () => {
    close(rlooAdvantages(rewards, groups), [1 - 4, 2 - 3.5, 0, 6 - 1.5, 0, 0]);
  });
  it("GRPO divides by the group's deviation", () => {
    const deviation = Math.sqrt((4 + 1 + 9) / 2) + 1e-4;
    close(grpoAdvantages(rewards, groups), [-2 / deviation, -1 / deviation, 0, 3 / deviation, 0, 0]);
  });
});
