import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { type CompiledFunction, compile } from "../engine/compile";
import { createRandom } from "../engine/random";
import { type AdamW, type AdamWOptions, createAdamW } from "./adamw";

/** PyTorch's AdamW on numbers, written out in double precision. */
function referenceAdamW(
  weights: number[],
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWOptions,
) {
  const first = weights.map(() => 0);
  const second = weights.map(() => 0);
  let t = 0;
  return (gradients: number[], learningRate: number) => {
    t++;
    gradients.forEach((g, i) => {
      weights[i]! *= 1 - learningRate * weightDecay;
      first[i] = beta1 * first[i]! + (1 - beta1) * g;
      second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
      const denominator = Math.sqrt(second[i]!) / Math.sqrt(1 - beta2 ** t) + epsilon;
      weights[i]! -= (learningRate / (1 - beta1 ** t)) * (first[i]! / denominator);
    });
  };
}

function step(optimizer: AdamW, gradients: Record<string, tf.Tensor>, learningRate: number) {
  tf.tidy(() => optimizer.update(gradients, tf.scalar(learningRate)));
}

/** Makes an AdamW step inside a compiled function, where TensorFlow's fused op does the work. */
function createCompiledStep() {
  const functions = new Map<AdamW, CompiledFunction>();
  return (optimizer: AdamW, gradients: Record<string, tf.Tensor>, learningRate: number) => {
    const names = Object.keys(gradients);
    const known = functions.get(optimizer);
    const fn =
      known ??
      compile("update", (rate, ...given) => {
        optimizer.update(Object.fromEntries(names.map((name, i) => [name, given[i]!])), rate as tf.Scalar);
        return [];
      });
    functions.set(optimizer, fn);
    fn(tf.scalar(learningRate), ...Object.values(gradients));
  };
}

describe.each([
  ["op by op", () => step],
  ["compiled", createCompiledStep],
])("AdamW %s", (_, createStep) => {
  beforeAll(() => loadBackend());

  it("takes the first step that one can work out by hand", () => {
    const step = createStep();
    const weight = tf.variable(tf.tensor2d([[1, -2]]));
    const optimizer = createAdamW([weight], { weightDecay: 0.5 });
    // m/(1−β₁) = g and v/(1−β₂) = g², so the move is lr·sign(g) but for ε; before the move, 1 − 0.1·0.5 of the weight
    // is kept.
    step(optimizer, { [weight.name]: tf.tensor2d([[3, -0.01]]) }, 0.1);
    expect(weight.dataSync()[0]).toBeCloseTo(0.95 - 0.1, 6);
    expect(weight.dataSync()[1]).toBeCloseTo(-1.9 + 0.1, 6);
    // ε is added outside the root, after the correction, so a gradient as small as ε takes half a step.
    const tiny = tf.variable(tf.tensor1d([0]));
    step(createAdamW([tiny], { epsilon: 1e-3 }), { [tiny.name]: tf.tensor1d([1e-3]) }, 0.1);
    expect(tiny.dataSync()[0]).toBeCloseTo(-0.05, 6);
  });

  it("follows the long-hand loop over 50 steps, decaying matrices and nothing else", () => {
    const step = createStep();
    const random = createRandom(5);
    const numbers = (n: number) => Array.from({ length: n }, random.normal);
    const matrix = numbers(6);
    const bias = numbers(3);
    const variables = [tf.variable(tf.tensor2d(matrix, [2, 3])), tf.variable(tf.tensor1d(bias))] as const;
    const options = { weightDecay: 0.1, beta2: 0.99 };
    const optimizer = createAdamW([...variables], options);
    const references = [referenceAdamW(matrix, options), referenceAdamW(bias, { ...options, weightDecay: 0 })] as const;
    for (let i = 0; i < 50; i++) {
      const [g, h] = [numbers(6), numbers(3)];
      const rate = 0.05 / (1 + i);
      step(optimizer, { [variables[0].name]: tf.tensor2d(g, [2, 3]), [variables[1].name]: tf.tensor1d(h) }, rate);
      references[0](g, rate);
      references[1](h, rate);
    }
    variables[0].dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(matrix[i]!, 5);
    });
    variables[1].dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(bias[i]!, 5);
    });
  });
});

describe("createAdamW", () => {
  beforeAll(() => loadBackend());

  it("resumes bit for bit from its exported state", async () => {
    const gradient = tf.tensor1d([0.3, -1.7]);
    const start = tf.tensor1d([1, 2]);
    const straight = tf.variable(start, true);
    const optimizer = createAdamW([straight], { names: ["w"] });
    for (let i = 0; i < 3; i++) step(optimizer, { [straight.name]: gradient }, 0.01);
    const saved = await optimizer.exportState();
    expect(saved.map(({ name }) => name)).toEqual(["step", "w/first_moment", "w/second_moment"]);
    const resumed = tf.variable(straight.clone(), true);
    for (let i = 0; i < 3; i++) step(optimizer, { [straight.name]: gradient }, 0.01);
    const other = createAdamW([resumed], { names: ["w"] });
    other.importState(saved);
    for (let i = 0; i < 3; i++) step(other, { [resumed.name]: gradient }, 0.01);
    expect(Array.from(resumed.dataSync())).toEqual(Array.from(straight.dataSync()));
  });

  it("refuses a state that does not fit, and changes nothing", async () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const optimizer = createAdamW([variable], { names: ["w"] });
    step(optimizer, { [variable.name]: tf.tensor1d([1, 1]) }, 0.1);
    const state = await optimizer.exportState();
    const wrong = state.map((tensor) => (tensor.name === "w/second_moment" ? { ...tensor, shape: [1, 2] } : tensor));
    expect(() => optimizer.importState(wrong)).toThrow("w/second_moment has shape [1,2], expected [2]");
    expect(() => optimizer.importState(state.slice(0, 2))).toThrow("no tensor w/second_moment");
    expect(await optimizer.exportState()).toEqual(state);
  });

  it("does the same inside a compiled step, with the learning rate as a tensor, and keeps no tensors", () => {
    const train = (run: typeof compile | null) => {
      const weight = tf.variable(
        tf.tensor2d([
          [0.5, -1],
          [2, 1],
        ]),
        true,
      );
      const optimizer = createAdamW([weight], { weightDecay: 0.1 });
      const body = (x: tf.Tensor, learningRate: tf.Tensor) => {
        const loss = () => tf.mean(tf.square(tf.sub(tf.matMul(x, weight), 1))) as tf.Scalar;
        const { value, grads } = tf.variableGrads(loss, [weight]);
        optimizer.update(grads, learningRate as tf.Scalar);
        return [value];
      };
      const stepFunction = run?.("adamw", (x, rate) => body(x!, rate!));
      const losses: number[] = [];
      let tensors = 0;
      for (let i = 0; i < 8; i++) {
        tf.tidy(() => {
          const args = [
            tf.tensor2d([
              [1, i],
              [-1, 2],
            ]),
            tf.scalar(0.1 / (i + 1)),
          ] as const;
          losses.push((stepFunction ? stepFunction(...args) : body(...args))[0]!.dataSync()[0]!);
        });
        if (i === 1) tensors = tf.memory().numTensors;
      }
      expect(tf.memory().numTensors).toBe(tensors);
      return { losses, weight: Array.from(weight.dataSync()) };
    };
    const eager = train(null);
    const compiled = train(compile);
    compiled.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(eager.losses[i]!, 5);
    });
    compiled.weight.forEach((value, i) => {
      expect(value).toBeCloseTo(eager.weight[i]!, 5);
    });
  });
});
