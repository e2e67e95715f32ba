import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "./backend";

describe("the WebAssembly backend", () => {
  beforeAll(async () => {
    const backend = await loadBackend({ prefer: "wasm" });
    expect(backend).toMatchObject({ kind: "wasm", tensorflowVersion: null, canCompile: false });
    expect(tf.getBackend()).toBe("wasm");
  });

  it("trains an embedding, whose gradient needs a kernel that WebAssembly lacks", () => {
    const table = tf.variable(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
    const indices = tf.tensor1d([2, 0, 2], "int32");
    const before = tf.memory().numTensors;
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(tf.gather(table, indices))) as tf.Scalar, [table]);
    expect(value.dataSync()[0]).toBe(25 + 36 + 1 + 4 + 25 + 36);
    expect(Array.from(grads[table.name]!.dataSync())).toEqual([2, 4, 0, 0, 20, 24]);
    value.dispose();
    grads[table.name]!.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("multiplies, normalises and takes arguments of the maximum", () => {
    const logits = tf.matMul(
      tf.tensor2d([[1, 2]]),
      tf.tensor2d([
        [0, 1, 0],
        [1, 0, 2],
      ]),
    ); // [2, 1, 4]
    expect(Array.from(tf.argMax(logits, -1).dataSync())).toEqual([2]);
    const logProbs = tf.logSoftmax(logits).dataSync();
    expect(Math.exp(logProbs[0]!) + Math.exp(logProbs[1]!) + Math.exp(logProbs[2]!)).toBeCloseTo(1, 5);
    expect(tf.erf(tf.scalar(0.5)).dataSync()[0]).toBeCloseTo(0.5204999, 5);
  });
});
