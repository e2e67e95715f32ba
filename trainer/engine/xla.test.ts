import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createAdamW } from "../optimizers/adamw";
import { loadBackend } from "./backend";
import { compile } from "./compile";
import { createTinyTransformer } from "./tiny-transformer";

const CONFIG = { vocabulary: 17, time: 6, width: 8, layers: 2, heads: 2 };

/** Losses of some steps on one batch of tokens. */
function train(steps: number): number[] {
  const model = createTinyTransformer(CONFIG);
  const optimizer = createAdamW(model.trainable, { weightDecay: 0.01 });
  const step = compile("xla", (ids, targets, learningRate) => {
    const { value, grads } = tf.variableGrads(() => model.loss(ids!, targets!), model.trainable);
    optimizer.update(grads, learningRate as tf.Scalar);
    return [value];
  });
  const losses = Array.from({ length: steps }, (_, n) =>
    tf.tidy(() => {
      const tokens = (shift: number) =>
        tf.tensor2d(
          Array.from({ length: 12 }, (_, i) => (7 * i + shift + n) % CONFIG.vocabulary),
          [2, CONFIG.time],
          "int32",
        );
      return step(tokens(0), tokens(3), tf.scalar(0.01))[0]!.dataSync()[0]!;
    }),
  );
  step.dispose();
  model.dispose();
  optimizer.dispose();
  return losses;
}

describe("TUNELOOP_XLA=1", () => {
  beforeAll(() => loadBackend());
  afterEach(() => vi.unstubAllEnvs());

  it("trains through XLA to the same losses", () => {
    const plain = train(8);
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    vi.stubEnv("TUNELOOP_XLA", "1");
    const compiled = train(8);
    expect(warned.mock.calls).toEqual([]);
    warned.mockRestore();
    compiled.forEach((loss, n) => {
      expect(Math.abs(loss - plain[n]!)).toBeLessThan(1e-5);
    });
  });

  it("runs what XLA does not take as it would without, and says so once", () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    vi.stubEnv("TUNELOOP_XLA", "1");
    const crop = compile("crop", (image) => [
      tf.image.cropAndResize(image as tf.Tensor4D, tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], "int32"), [1, 1]),
    ]);
    const corners = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const results = [crop(corners), crop(corners)].flat();
    for (const result of results) expect(result.dataSync()[0]).toBe(2.5);
    expect(warned.mock.calls).toEqual([[expect.stringMatching(/^crop_\d+ runs without XLA: .*CropAndResize/)]]);
    warned.mockRestore();
    tf.dispose([corners, ...results]);
    crop.dispose();
  });
});
