import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { compile } from "../engine/compile";
import { createRandom } from "../engine/random";
import { loadGoldenModel } from "../fixtures/goldens";
import { applyLinear, type Linear, type LoraPair } from "./linear";
import { attachFreshLora, detachLora } from "./lora";
import { dropoutMask, droppedProduct } from "./lora-dropout";
import { packCompletions, toTargetTensors } from "./packed-targets";
import { toPackedTensors } from "./packing";
import type { CausalLanguageModel } from "./types";

const seedOf = (seed: number) => createRandom(seed).seedTensor();
const values = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
const farthest = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number;

beforeAll(async () => {
  await loadBackend();
});

describe("dropoutMask", () => {
  it("drops its share and keeps the mean: mean 1, variance p ÷ (1 − p)", () => {
    const rate = 0.1;
    const mask = dropoutMask([300, 300], seedOf(5), rate);
    const { mean, variance } = tf.moments(mask);
    // The bounds follow from 90,000 draws: five standard errors of the mean are 0.0056, of the variance about 0.006.
    expect(Math.abs(values(mean)[0]! - 1)).toBeLessThan(0.0056);
    expect(Math.abs(values(variance)[0]! - rate / (1 - rate))).toBeLessThan(0.006);
    expect([...new Set(values(mask))].sort()).toEqual([0, Math.fround(1 / Math.fround(1 - rate))]);
  });
});

describe("droppedProduct", () => {
  it("is the product of masked inputs, with its gradients, though the mask is drawn twice", () => {
    const x = tf.randomNormal([7, 12], 0, 1, "float32", 1) as tf.Tensor2D;
    const a = tf.variable(tf.randomNormal([3, 12], 0, 1, "float32", 2) as tf.Tensor2D);
    const seed = seedOf(9);
    const draw = { rate: 0.3, seed, place: 4 };
    const mask = dropoutMask([7, 12], tf.add(seed, tf.tensor1d([4, 0], "int32")), 0.3);
    const square = (f: (x: tf.Tensor2D) => tf.Tensor) => (x: tf.Tensor) => tf.sum(tf.square(f(x as tf.Tensor2D)));
    const dropped = square((x) => droppedProduct(x, a, draw));
    const plain = square((x) => tf.matMul(tf.mul(x, mask) as tf.Tensor2D, a as unknown as tf.Tensor2D, false, true));
    expect(farthest(dropped(x), plain(x))).toBe(0);
    expect(farthest(tf.grad(dropped)(x), tf.grad(plain)(x))).toBeLessThan(1e-5);
    const ofA = (f: (x: tf.Tensor) => tf.Tensor) => tf.variableGrads(() => f(x) as tf.Scalar, [a]).grads[a.name]!;
    expect(farthest(ofA(dropped), ofA(plain))).toBeLessThan(1e-5);
    expect(farthest(dropped(x), square((x) => droppedProduct(x, a, { ...draw, place: 5 }))(x))).toBeGreaterThan(0);
    a.dispose();
  });
});

describe("dropout in a model", () => {
  const groups = [
    { promptIds: [1, 87, 85, 322, 201], completions: [[45, 71, 71, 2]] },
    { promptIds: [1, 90, 201], completions: [[85, 75, 278, 67, 2]] },
  ];
  const targets = ["q_proj", "k_proj", "v_proj", "down_proj"];

  async function adapted(dropout: number): Promise<CausalLanguageModel> {
    const model = await loadGoldenModel("llama");
    model.addAdapter({ rank: 4, alpha: 8, targets, seed: 3, dropout });
    // B starts at zero, where a mask changes nothing.
    model.trainable.forEach((variable, i) => {
      variable.assign(tf.add(variable, tf.randomNormal(variable.shape, 0, 0.1, "float32", i + 1)));
    });
    return model;
  }

  function loss(model: CausalLanguageModel, dropoutSeed?: tf.Tensor1D, recomputeEvery?: number): tf.Scalar {
    const { batch, targets } = packCompletions(groups);
    const { positions, targets: ids } = toTargetTensors(targets);
    const hidden = model.hiddenStates(toPackedTensors(batch), {
      adapter: true,
      recomputeEvery,
      dropoutSeed,
      at: positions,
    });
    return tf.neg(tf.mean(model.targetLogProbs(hidden, ids)));
  }

  it("draws the same masks compiled, recomputed and both, and others with each seed", async () => {
    const model = await adapted(0.2);
    const step = (recomputeEvery?: number) => (seed: tf.Tensor) => {
      const { value, grads } = tf.variableGrads(
        () => loss(model, seed as tf.Tensor1D, recomputeEvery),
        model.trainable,
      );
      return [value, ...model.trainable.map(({ name }) => grads[name]!)];
    };
    const ways = {
      recomputed: step(1),
      "every second recomputed": step(2),
      compiled: compile("dropout-kept", step()),
      both: compile("dropout-again", step(1)),
    };
    const losses: number[] = [];
    for (const seed of [seedOf(1), seedOf(2)]) {
      const expected = tf.tidy(() => step()(seed));
      losses.push(values(expected[0]!)[0]!);
      for (const [name, run] of Object.entries(ways)) {
        const actual = tf.tidy(() => run(seed));
        actual.forEach((tensor, i) => {
          const what = `${name}: ${model.trainable[i - 1]?.name ?? "loss"}`;
          expect(farthest(tensor, expected[i]!), what).toBeLessThan(1e-4);
        });
      }
    }
    expect(Math.abs(losses[0]! - losses[1]!)).toBeGreaterThan(1e-4);
    model.dispose();
  });

  it("gives each layer and each target a mask of its own, also those that read the same input", () => {
    const inSize = 16;
    const linear = (...names: string[]): Linear => ({
      weight: { value: tf.zeros([names.length * 2, inSize]), parts: [], transposed: false },
      bias: null,
      inSize,
      parts: names.map((name) => ({ name, target: name, out: 2, lora: null })),
    });
    const linears = [linear("q", "k"), linear("o")];
    attachFreshLora(linears, { rank: 2, alpha: 2, targets: ["q", "k", "o"], seed: 1 }, "masks");
    const pairs = linears.flatMap(({ parts }) => parts.map(({ lora }) => lora!));
    expect(new Set(pairs.map(({ place }) => place)).size).toBe(3);
    const [q, k] = pairs as [LoraPair, LoraPair];
    k.a.assign(q.a);
    for (const { b } of [q, k]) b.assign(tf.ones(b.shape));
    const x = tf.ones([5, inSize]) as tf.Tensor2D;
    const outputs = (dropout: { rate: number; seed: tf.Tensor1D } | null) =>
      tf.split(applyLinear(x, linears[0]!, { adapter: true, loraScale: 1, thin: false, remake: false, dropout }), 2, 1);
    const [plainQ, plainK] = outputs(null);
    expect(farthest(plainQ!, plainK!)).toBeLessThan(1e-6);
    const [droppedQ, droppedK] = outputs({ rate: 0.5, seed: seedOf(1) });
    expect(farthest(droppedQ!, droppedK!)).toBeGreaterThan(0.01);
    detachLora(linears);
  });

  it("is off without a seed: the reference, validation and generation", async () => {
    const [dropping, plain] = [await adapted(0.5), await adapted(0)];
    expect(values(loss(dropping))).toEqual(values(loss(plain)));
    expect(values(loss(plain, seedOf(1)))).toEqual(values(loss(plain)));
    expect(values(loss(dropping, seedOf(1)))).not.toEqual(values(loss(plain)));
    dropping.dispose();
    plain.dispose();
  });
});
