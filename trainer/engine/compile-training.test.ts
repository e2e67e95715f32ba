import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createAdamW } from "../optimizers/adamw";
import { clipByGlobalNorm } from "../optimizers/clip-by-global-norm";
import { loadBackend } from "./backend";
import { compile, type StepFunction } from "./compile";
import { createRandom } from "./random";
import { createTinyTransformer } from "./tiny-transformer";

const BATCH = 2;
const CONFIG = { vocabulary: 17, time: 6, width: 8, layers: 2, heads: 2 };

/** Trains from one seed; `wrap` may compile the step or leave it as it is. */
function train(wrap: (fn: StepFunction) => StepFunction, steps: number) {
  const model = createTinyTransformer(CONFIG);
  const optimizer = createAdamW(model.trainable, { weightDecay: 0.01 });
  const random = createRandom(9);
  const step = wrap((ids, targets, learningRate) => {
    const { value, grads } = tf.variableGrads(() => model.loss(ids!, targets!), model.trainable);
    const clipped = clipByGlobalNorm(grads, 0.5);
    optimizer.update(clipped.grads, learningRate as tf.Scalar);
    return [value, clipped.norm];
  });
  const losses: number[] = [];
  const tensors: number[] = [];
  const native: number[] = [];
  for (let i = 0; i < steps; i++) {
    tf.tidy(() => {
      const ids = () =>
        tf.tensor2d(
          Array.from({ length: BATCH * CONFIG.time }, () => random.integer(CONFIG.vocabulary)),
          [BATCH, CONFIG.time],
          "int32",
        );
      const [loss] = step(ids(), ids(), tf.scalar(0.01 / (1 + i)));
      losses.push(loss!.dataSync()[0]!);
    });
    tensors.push(tf.memory().numTensors);
    native.push((tf.backend() as { getNumOfTFTensors?: () => number }).getNumOfTFTensors?.() ?? 0);
  }
  const weights = model.trainable.map((variable) => Array.from(variable.dataSync()));
  model.dispose();
  optimizer.dispose();
  return { losses, weights, tensors, native };
}

describe("a compiled training step", () => {
  beforeAll(() => loadBackend());

  it("follows the step that runs op by op, loss by loss and weight by weight", () => {
    const eager = train(
      (fn) =>
        (...args) =>
          tf.tidy(() => fn(...args)),
      12,
    );
    const compiled = train((fn) => compile("train", fn), 12);
    expect(eager.losses[0]).toBeCloseTo(Math.log(CONFIG.vocabulary), 1);
    compiled.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(eager.losses[i]!, 5);
    });
    compiled.weights.flat().forEach((weight, i) => {
      expect(weight).toBeCloseTo(eager.weights.flat()[i]!, 4);
    });
  });

  it("repeats itself bit for bit", () => {
    const [one, two] = [train((fn) => compile("one", fn), 5), train((fn) => compile("two", fn), 5)];
    expect(two.losses).toEqual(one.losses);
    expect(two.weights).toEqual(one.weights);
  });

  it("keeps no tensors over 200 steps, in tfjs and in TensorFlow", () => {
    const { tensors, native } = train((fn) => compile("long", fn), 200);
    expect(tensors.at(-1)).toBe(tensors[1]);
    expect(native.at(-1)).toBe(native[1]);
  });
});
