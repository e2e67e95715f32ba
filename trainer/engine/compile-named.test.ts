import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "./backend";
import { callOnce, compileNamed } from "./compile-named";

beforeAll(async () => {
  await loadBackend();
});

type Inputs = { left: tf.Tensor1D; right: tf.Tensor1D; scale?: tf.Scalar; more?: readonly tf.Tensor1D[] };

const difference = () =>
  compileNamed("difference", ({ left, right, scale, more = [] }: Inputs) => {
    const plain: tf.Tensor1D = tf.sub(left, right);
    const scaled: tf.Tensor1D = scale ? tf.mul(plain, scale) : plain;
    return { scaled, plain, doubled: more.map((tensor): tf.Tensor1D => tf.mul(tensor, 2)) };
  });

const vector = (...values: number[]) => tf.tensor1d(values);

describe("a compiled function of named tensors", () => {
  it("goes by names, whatever order a caller writes them in and however often it is replayed", () => {
    const fn = difference();
    const before = tf.memory().numTensors;
    for (let call = 0; call < 3; call++) {
      const first = callOnce(fn, { left: vector(5, 7), right: vector(1, 2) });
      const second = callOnce(fn, { right: vector(1, 2), left: vector(5, 7) });
      for (const result of [first, second]) {
        expect([...result.plain.dataSync()]).toEqual([4, 5]);
        expect([...result.scaled.dataSync()]).toEqual([4, 5]);
        tf.dispose([result.plain, result.scaled]);
      }
    }
    fn.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("takes a name that is absent or undefined for absent, and does not mistake another of its shape for it", () => {
    const fn = compileNamed("either", ({ a, b }: { a?: tf.Tensor1D; b?: tf.Tensor1D }) => {
      if (a) return { result: tf.mul(a, 10) };
      return { result: b ? tf.neg(b) : tf.scalar(0) };
    });
    const read = (inputs: { a?: tf.Tensor1D; b?: tf.Tensor1D }) => {
      const { result } = callOnce(fn, inputs);
      const values = [...result.dataSync()];
      result.dispose();
      return values;
    };
    for (let call = 0; call < 2; call++) {
      expect(read({ a: vector(1, 2) })).toEqual([10, 20]);
      expect(read({ b: vector(1, 2) })).toEqual([-1, -2]);
      expect(read({ a: undefined, b: vector(3, 4) })).toEqual([-3, -4]);
    }
    fn.dispose();
  });

  it("takes and gives lists, in their order, of any length", () => {
    const fn = difference();
    for (const count of [2, 3, 0]) {
      const more = Array.from({ length: count }, (_, index) => vector(index, index));
      const { doubled, plain, scaled } = callOnce(fn, { left: vector(3), right: vector(1), scale: tf.scalar(4), more });
      expect(doubled.map((tensor) => [...tensor.dataSync()])).toEqual(more.map((_, index) => [2 * index, 2 * index]));
      expect([...scaled.dataSync()]).toEqual([8]);
      tf.dispose([doubled, plain, scaled]);
    }
    fn.dispose();
  });

  it("lets go of the arguments of a call that fails", () => {
    const before = tf.memory().numTensors;
    const fn = compileNamed("fails", (_: { a: tf.Tensor1D }): { result: tf.Tensor } => {
      throw new Error("no");
    });
    expect(() => callOnce(fn, { a: vector(1) })).toThrow("no");
    fn.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
