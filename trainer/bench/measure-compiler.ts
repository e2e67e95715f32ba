import * as tf from "@tensorflow/tfjs";
import { compile, type StepFunction } from "../engine/compile";
import { createRandom } from "../engine/random";
import { createTinyTransformer } from "../engine/tiny-transformer";
import { createAdamW } from "../optimizers/adamw";
import { clipByGlobalNorm } from "../optimizers/clip-by-global-norm";
import { median } from "./measurement";

/** The times of a training step as one graph and op by op. Milliseconds are medians. */
export interface CompilerMeasurement {
  eagerMilliseconds: number;
  compiledMilliseconds: number;
  /** Largest difference of the two losses over all steps, nats. */
  lossDifference: number;
}

/** A small GPT: 4 layers, 128 wide, 2,048 tokens, 16 × 128 tokens a step. */
const CONFIG = { vocabulary: 2048, time: 128, width: 128, layers: 4, heads: 4 };
const BATCH = 16;
const STEPS = 10;

/** Trains one model twice from one seed, compiled and op by op, in turn at each step. */
export function measureCompiler(): CompilerMeasurement {
  const eager = createTrainer((fn) => ({ run: (...args) => tf.tidy(() => fn(...args)), dispose: () => undefined }));
  const compiled = createTrainer((fn) => {
    const run = compile("bench-step", fn);
    return { run, dispose: () => run.dispose() };
  });
  const times = { eager: [] as number[], compiled: [] as number[] };
  let lossDifference = 0;
  try {
    for (let step = 0; step <= STEPS; step++) {
      const one = eager.step();
      const other = compiled.step();
      lossDifference = Math.max(lossDifference, Math.abs(one.loss - other.loss));
      if (step === 0) continue; // the first step records and warms up
      times.eager.push(one.milliseconds);
      times.compiled.push(other.milliseconds);
    }
  } finally {
    eager.dispose();
    compiled.dispose();
  }
  return { eagerMilliseconds: median(times.eager), compiledMilliseconds: median(times.compiled), lossDifference };
}

function createTrainer(wrap: (fn: StepFunction) => { run: StepFunction; dispose(): void }) {
  const model = createTinyTransformer(CONFIG);
  const optimizer = createAdamW(model.trainable, { weightDecay: 0.01 });
  const random = createRandom(1);
  const wrapped = wrap((ids, targets, learningRate) => {
    const { value, grads } = tf.variableGrads(
      () => model.loss(ids as tf.Tensor, targets as tf.Tensor),
      model.trainable,
    );
    const clipped = clipByGlobalNorm(grads, 1);
    optimizer.update(clipped.grads, learningRate as tf.Scalar);
    return [value];
  });
  const tokens = () =>
    tf.tensor2d(
      Array.from({ length: BATCH * CONFIG.time }, () => random.integer(CONFIG.vocabulary)),
      [BATCH, CONFIG.time],
      "int32",
    );
  return {
    step() {
      return tf.tidy(() => {
        // The learning rate is so small that Adam, which divides by the size of a gradient, does not blow up
        // differences of rounding.
        const args = [tokens(), tokens(), tf.scalar(1e-5)];
        const start = performance.now();
        const [loss] = wrapped.run(...args);
        const value = (loss as tf.Tensor).dataSync()[0] as number;
        return { loss: value, milliseconds: performance.now() - start };
      });
    },
    dispose() {
      wrapped.dispose();
      model.dispose();
      optimizer.dispose();
    },
  };
}
