import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "./backend";
import { createInPlaceBuffer } from "./in-place-buffer";

describe("createInPlaceBuffer", () => {
  beforeAll(() => loadBackend());

  it("writes slices where the position says and leaves the rest", () => {
    const tensors = tf.memory().numTensors;
    const buffer = createInPlaceBuffer([2, 4, 3]);
    tf.tidy(() => {
      buffer.write(tf.ones([2, 1, 3]), tf.scalar(2, "int32"), 1);
      const rows = (tensor: tf.Tensor) => tf.sum(tensor, [0, 2]).arraySync();
      expect(rows(buffer.read())).toEqual([0, 0, 6, 0]);
      buffer.write(tf.fill([2, 2, 3], 5), tf.scalar(0, "int32"), 1);
      expect(rows(buffer.read())).toEqual([30, 30, 6, 0]);
    });
    buffer.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
