import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { clipByGlobalNorm } from "./clip-by-global-norm";

describe("clipByGlobalNorm", () => {
  beforeAll(() => loadBackend());
  const gradients = () => ({ a: tf.tensor2d([[2, 0]]), b: tf.tensor1d([0, -1, 2]) });

  it("scales all gradients by one factor when their common norm is above the limit", () => {
    const { grads, norm } = clipByGlobalNorm(gradients(), 1.5);
    expect(norm.dataSync()[0]).toBe(3);
    const factor = 1.5 / (3 + 1e-6);
    expect(grads.a!.dataSync()[0]).toBeCloseTo(2 * factor, 6);
    expect(grads.b!.dataSync()[1]).toBeCloseTo(-factor, 6);
  });

  it("leaves them below the limit, without a limit, and at norm 0", () => {
    for (const max of [4, 0, Number.POSITIVE_INFINITY]) {
      const { grads, norm } = clipByGlobalNorm(gradients(), max);
      expect(norm.dataSync()[0]).toBe(3);
      expect(Array.from(grads.b!.dataSync())).toEqual([0, -1, 2]);
    }
    const { grads } = clipByGlobalNorm({ a: tf.zeros([2]) }, 1);
    expect(Array.from(grads.a!.dataSync())).toEqual([0, 0]);
  });
});
