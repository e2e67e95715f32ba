import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "./backend";
import { compile } from "./compile";

describe("compile", () => {
  beforeAll(() => loadBackend());

  it("gives results that belong to the caller, even where they are an argument or a variable", () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const step = compile("identity", (x) => [x!, variable, tf.add(x!, 1), x!]);
    const x = tf.tensor1d([5, 6]);
    const before = tf.memory().numTensors;
    const results = step(x);
    expect(results.map((result) => Array.from(result.dataSync()))).toEqual([
      [5, 6],
      [1, 2],
      [6, 7],
      [5, 6],
    ]);
    for (const result of results) result.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(x.isDisposed || variable.isDisposed).toBe(false);
    step.dispose();
  });
});
