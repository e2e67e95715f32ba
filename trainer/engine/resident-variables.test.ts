import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Backend, loadBackend } from "./backend";
import { compile } from "./compile";
import { isResident } from "./resident-variables";

const SHAPE: [number, number] = [256, 256];
const first = (tensor: tf.Tensor) => tensor.dataSync()[0];
const nativeTensors = () => (tf.backend() as unknown as { getNumOfTFTensors(): number }).getNumOfTFTensors();

describe("a large variable that a compiled function assigns", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend();
  });

  it("lives in TensorFlow and stays an ordinary variable to everyone else", () => {
    if (!backend.canCompile) return;
    const before = { tensors: tf.memory().numTensors, native: nativeTensors() };
    const [variable, other] = tf.tidy(() => [tf.variable(tf.ones(SHAPE)), tf.variable(tf.fill(SHAPE, 10))] as const);
    const step = compile("swap and add", (x) => {
      const old = tf.clone(variable);
      variable.assign(tf.add(other, x!));
      other.assign(old);
      return [tf.sum(variable)];
    });
    const reader = compile("read", () => [tf.mul(tf.slice(variable, [0, 0], [1, 1]), 2)]);
    const x = tf.scalar(1);
    const run = () => tf.dispose(step(x));

    run();
    expect(isResident(variable) && isResident(other)).toBe(true);
    expect([first(variable), first(other)]).toEqual([11, 1]);
    const clone = variable.clone();
    const doubled = tf.tidy(() => first(reader()[0]!));
    expect(doubled).toBe(22);
    run();
    expect([first(variable), first(other), first(clone)]).toEqual([2, 11, 11]);
    // Assigns from outside of the compiled function, as a restored checkpoint does.
    tf.tidy(() => variable.assign(tf.fill(SHAPE, 100)));
    expect(isResident(variable)).toBe(false);
    run();
    expect([first(variable), first(other), first(clone)]).toEqual([12, 100, 11]);

    const counts = Array.from({ length: 20 }, () => {
      run();
      tf.dispose(tf.sum(variable));
      return nativeTensors();
    });
    expect(counts.at(-1)).toBe(counts[1]);
    expect([first(variable), first(other)]).toEqual([22, 110]);
    for (const fn of [step, reader]) fn.dispose();
    tf.dispose([clone, variable, other, x]);
    expect({ tensors: tf.memory().numTensors, native: nativeTensors() }).toEqual(before);
  });
});
