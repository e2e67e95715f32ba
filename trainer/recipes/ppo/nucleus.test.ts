import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../../engine/backend";
import { findNuclei, logProbsWithin, nucleiTensor } from "./nucleus";

beforeAll(async () => {
  await loadBackend();
});

// Probabilities ½, ¼, ⅛, ⅛ of the tokens 2, 0, 1, 3.
const logits = () => tf.tensor2d([[Math.log(0.25), Math.log(0.125), Math.log(0.5), Math.log(0.125)]]);

describe("nuclei", () => {
  it.each([
    [0.4, [2]],
    [0.6, [2, 0]],
    [0.9, [2, 0, 1, 3]],
  ])("top-p %d is the fewest likeliest tokens that reach it", (topP, expected) => {
    const { ids, inside } = findNuclei(logits(), topP, 4);
    const flags = [...inside.dataSync()];
    expect([...ids.dataSync()].filter((_, place) => flags[place] === 1)).toEqual(expected);
  });
  it("knows where the candidates do not suffice", () => {
    expect([...findNuclei(logits(), 0.9, 2).exact.dataSync()]).toEqual([0]);
    expect([...findNuclei(logits(), 0.6, 2).exact.dataSync()]).toEqual([1]);
  });
  it("log-probs within one are those of the tokens over its mass", () => {
    const nuclei = nucleiTensor([[Int32Array.from([2, 0])]], [0], 1, 4);
    expect(nuclei.shape).toEqual([1, 4]);
    expect([...logProbsWithin(logits(), tf.tensor1d([0], "int32"), nuclei).dataSync()][0]).toBeCloseTo(
      Math.log(0.25 / 0.75),
      5,
    );
  });
  it("no gradient reaches a token outside: it would be pushed where it can't be sampled", () => {
    const nuclei = nucleiTensor([[Int32Array.from([2, 0])]], [0], 1, 4);
    const gradient = tf.grad((x) => tf.sum(logProbsWithin(x as tf.Tensor2D, tf.tensor1d([0], "int32"), nuclei)));
    const [first, second, third, fourth] = [...gradient(logits()).dataSync()] as [number, number, number, number];
    expect([second, fourth]).toEqual([0, 0]);
    expect(first).toBeCloseTo(2 / 3, 5);
    expect(third).toBeCloseTo(-2 / 3, 5);
  });
});
