import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { swiglu, swigluRemake } from "../models/activations";
import { createPackedAttention } from "../models/attention";
import type { ModelConfig } from "../models/config";
import { applyLinear, type Linear, thinProduct } from "../models/linear";
import { rmsNormBranch } from "../models/normalization";
import { packRows, toPackedTensors } from "../models/packing";
import { loadBackend } from "./backend";
import { compile } from "./compile";
import { type AdapterOuts, fusedOps } from "./fused-ops";

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);

/** A function's value and the gradients of its variables, weighed so that each element counts differently. */
function valueAndGradients(f: () => tf.Tensor, variables: tf.Variable[]): Float32Array[] {
  return tf.tidy(() => {
    const loss = () => {
      const value = f();
      return tf.sum(tf.mul(value, random(value.shape, 99))) as tf.Scalar;
    };
    const { grads } = tf.variableGrads(loss, variables);
    return [f(), ...variables.map(({ name }) => grads[name]!)].map((tensor) => tensor.dataSync() as Float32Array);
  });
}

/** Expects two arrays to agree to a hundred-thousandth of the largest value. */
function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const apart = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(apart).toBeLessThan(1e-5 * largest);
}

/**
 * Expects the fused operations, run op by op and compiled, to give what a composition of TensorFlow's own operations
 * gives.
 */
function expectSame(f: () => tf.Tensor, variables: tf.Variable[]): void {
  const fused = valueAndGradients(f, variables);
  vi.stubEnv("TUNELOOP_FUSED", "0");
  expect(fusedOps()).toBeNull();
  const composed = valueAndGradients(f, variables);
  vi.unstubAllEnvs();
  const compiled = compile("fused", () => [f()]);
  const [result] = compiled();
  expectClose(result!.dataSync() as Float32Array, composed[0]!);
  fused.forEach((values, i) => {
    expectClose(values, composed[i]!);
  });
  compiled.dispose();
  tf.dispose([...variables, result!]);
}

const config = (heads: number, keyValueHeads: number, headDim: number, ropeTheta: number) =>
  ({ heads, keyValueHeads, headDim, ropeTheta }) as ModelConfig;

describe("fused operations", () => {
  beforeAll(async () => {
    const { kind } = await loadBackend();
    expect(kind).toBe("cpu");
    expect(fusedOps()).not.toBeNull();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    [1, 1],
    [7, 30],
    [65, 576],
  ])("RMSNorm of [%i, %i], its residual path included", (rows, size) => {
    const x = tf.variable(random([rows, size], 1)) as tf.Variable<tf.Rank.R2>;
    const gain = tf.keep(random([size], 2)) as tf.Tensor1D;
    const branch = () => {
      const { same, normalized } = rmsNormBranch(x as unknown as tf.Tensor2D, gain, 1e-5);
      return tf.add(tf.mul(same, 0.5), tf.sin(normalized));
    };
    expectSame(branch, [x]);
  });

  it.each([
    [1, 2],
    [9, 22],
    [40, 3072],
  ])("SwiGLU of [%i, %i]", (rows, width) => {
    const gateUp = tf.variable(tf.mul(random([rows, width], 3), 4)) as tf.Variable<tf.Rank.R2>;
    expectSame(() => swiglu(gateUp as unknown as tf.Tensor2D), [gateUp]);
  });

  it.each([
    [1, 5, [3], 1],
    [50, 48, [33, 17, 17], 4],
    [131, 64, [96], 16],
  ])("a linear layer of %i rows, %i in, %j out, adapter of rank %i, and a residual", (rows, inSize, outs, rank) => {
    const out = outs.reduce((sum, size) => sum + size, 0);
    const variable = (shape: number[], seed: number) => tf.variable(random(shape, seed));
    const x = variable([rows, inSize], 4);
    const residual = variable([rows, out], 5);
    const parts = outs.map((size, place) => {
      const lora = { a: variable([rank, inSize], 6 + place), b: variable([size, rank], 16 + place), place };
      return { name: `part ${place}`, target: "part", out: size, lora };
    });
    const weight = { value: tf.keep(random([out, inSize], 30)) };
    const layer = { weight, bias: null, inSize, parts } as unknown as Linear;
    const use = { adapter: true, loraScale: 0.5, dropout: null, thin: false, remake: false };
    const apply = () =>
      applyLinear(x as unknown as tf.Tensor2D, layer, use, { residual: residual as unknown as tf.Tensor2D });
    expectSame(apply, [x, residual, ...parts.flatMap(({ lora }) => [lora.a, lora.b])]);
  });

  it("a linear layer that makes its input again in the backward pass", () => {
    const variable = (shape: number[], seed: number) => tf.variable(random(shape, seed));
    const gateUp = variable([21, 34], 40);
    const lora = { a: variable([3, 17], 41), b: variable([9, 3], 42), place: 0 };
    const parts = [{ name: "part", target: "part", out: 9, lora }];
    const weight = { value: tf.keep(random([9, 17], 43)) };
    const layer = { weight, bias: null, inSize: 17, parts } as unknown as Linear;
    const use = { adapter: true, loraScale: 0.5, dropout: null, thin: false, remake: true };
    const x = gateUp as unknown as tf.Tensor2D;
    const remake = swigluRemake(x)!;
    const made = vi.spyOn(remake, "make");
    expectSame(() => applyLinear(swiglu(x), layer, use, { remake }), [gateUp, lora.a, lora.b]);
    // The composed form keeps its input, and the compiled form here is the forward pass alone.
    expect(made).toHaveBeenCalledOnce();
  });

  it.each([
    ["a tree", config(6, 2, 16, 10_000), [[0, 0, 0, 1, 1, 2, 2, 2], [0], []], "start"],
    [
      "packed examples at the end",
      config(4, 4, 8, 10_000),
      [
        [1, 1, 2, 3, 3],
        [1, 2, 2],
      ],
      "end",
    ],
    ["long rows, learned positions", config(3, 1, 64, 0), [new Array(300).fill(0), new Array(77).fill(0)], "start"],
  ] as const)("attention over %s", (_, shape, segments, align) => {
    const rows = segments.map((row) => ({ ids: row.map((_, i) => i), segments: [...row] }));
    const batch = packRows(rows, { align });
    const width = (shape.heads + 2 * shape.keyValueHeads) * shape.headDim;
    const qkv = tf.variable(random([batch.tokens, width], 8)) as tf.Variable<tf.Rank.R2>;
    const mix = () => {
      const { context, attend } = createPackedAttention(shape, toPackedTensors(batch));
      // Tokens that lie in no slot are padding, and the values computed for them mean nothing.
      return tf.slice(attend(0, qkv as unknown as tf.Tensor2D, context), [0, 0], [batch.realTokens, -1]);
    };
    expectSame(mix, [qkv]);
  });

  it.each([
    [1, 7, 5],
    [6, 33, 130],
    [16, 576, 200],
  ])("a thin product of %i rows, %i in, %i out", (rows, inSize, out) => {
    const x = tf.variable(random([rows, inSize], 11)) as tf.Variable<tf.Rank.R2>;
    const w = tf.variable(random([out, inSize], 12));
    expectSame(() => thinProduct(x as unknown as tf.Tensor2D, w), [x, w]);
  });

  it("name what does not fit", () => {
    tf.tidy(() => {
      const ops = fusedOps()!;
      const x = tf.ones([2, 3]) as tf.Tensor2D;
      expect(() => ops.rmsNorm(x, tf.ones([4]), 1e-5)).toThrow(/gain should be as wide as x/);
      const pairs = (count: number) => ({ b: tf.ones([count, 1]), places: places(count) }) as AdapterOuts;
      const places = (count: number) => tf.tensor2d([[0, count]], undefined, "int32");
      expect(() => ops.addAdapter(x, tf.ones([2, 1]), pairs(4))).toThrow(/a place lies outside of y/);
      expect(() => ops.addAdapter(x, tf.ones([2, 2]), pairs(3))).toThrow(/low should have b's rank/);
    });
  });
});
