import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadBackend } from "../engine/backend";
import { compile } from "../engine/compile";
import { loadGoldenModel } from "../fixtures/goldens";
import { packCompletions, toTargetTensors } from "./packed-targets";
import { toPackedTensors } from "./packing";
import type { CausalLanguageModel, ForwardOptions } from "./types";

const groups = [
  {
    promptIds: [1, 87, 85, 322, 201],
    completions: [
      [45, 71, 71, 2],
      [310, 279, 2],
    ],
  },
  {
    promptIds: [1, 90, 201],
    completions: [
      [67, 2],
      [85, 75, 278, 67, 2],
    ],
  },
];

/** Mean squared summed log-prob: a loss in which every target counts, each to a different degree. */
function loss(model: CausalLanguageModel, options: ForwardOptions): tf.Scalar {
  const { batch, targets } = packCompletions(groups);
  const { positions, targets: ids, membership } = toTargetTensors(targets);
  const hidden = model.hiddenStates(toPackedTensors(batch), { ...options, at: positions });
  const sums = tf.matMul(membership, tf.expandDims(model.targetLogProbs(hidden, ids), 1) as tf.Tensor2D);
  return tf.mul(tf.mean(tf.square(sums)), 0.01) as tf.Scalar;
}

/**
 * Compares the gradient with the directional derivative by central differences, for each variable along its own
 * gradient.
 */
function expectTrueGradients(model: CausalLanguageModel, options: ForwardOptions): void {
  const { grads } = tf.variableGrads(() => loss(model, options), model.trainable);
  for (const variable of model.trainable) {
    const gradient = grads[variable.name];
    expect(gradient, variable.name).toBeDefined();
    const norm = tf.norm(gradient!).dataSync()[0]!;
    const start = variable.clone();
    const step = 0.01;
    const at = (sign: number) => {
      variable.assign(tf.add(start, tf.mul(gradient!, (sign * step) / norm)));
      return tf.tidy(() => loss(model, options)).dataSync()[0]!;
    };
    const slope = (at(1) - at(-1)) / (2 * step);
    variable.assign(start);
    expect(Math.abs(slope / norm - 1), `${variable.name}: slope ${slope}, gradient ${norm}`).toBeLessThan(0.03);
  }
}

/** Moves B away from zero, where A has no gradient. */
function disturb(variables: tf.Variable[]): void {
  variables.forEach((variable, i) => {
    variable.assign(tf.add(variable, tf.randomNormal(variable.shape, 0, 0.02, "float32", i + 1)));
  });
}

describe.each(["fused", "composed"])("gradients, %s", (operations) => {
  beforeAll(async () => {
    await loadBackend();
    vi.stubEnv("TUNELOOP_FUSED", operations === "fused" ? "1" : "0");
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it.each(["llama", "gpt2"])("of all weights of %s equal finite differences", async (name) => {
    const model = await loadGoldenModel(name, { trainWeights: true });
    expectTrueGradients(model, { adapter: false });
    model.dispose();
  });

  it.each([
    ["llama", ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
    ["llama", ["v_proj", "up_proj"]],
    ["gpt2", ["c_attn", "c_proj", "c_fc"]],
  ])("of an adapter on %s %s equal finite differences", async (name, targets) => {
    const model = await loadGoldenModel(name);
    model.addAdapter({ rank: 4, alpha: 8, targets, seed: 3 });
    disturb(model.trainable);
    expectTrueGradients(model, { adapter: true });
    model.dispose();
  });

  it.each(["weights", "adapter"])("of %s are the same compiled, and recomputed", async (what) => {
    const model = await loadGoldenModel("llama", { trainWeights: what === "weights" });
    if (what === "adapter") {
      model.addAdapter({ rank: 4, alpha: 8, targets: ["q_proj", "v_proj", "down_proj"], seed: 3 });
      disturb(model.trainable);
    }
    const step = (recomputeEvery?: number) => () => {
      const { value, grads } = tf.variableGrads(() => loss(model, { adapter: true, recomputeEvery }), model.trainable);
      return [value, ...model.trainable.map(({ name }) => grads[name]!)];
    };
    const expected = tf.tidy(step());
    const steps = {
      recomputed: step(1),
      "every second recomputed": step(2),
      compiled: compile("kept", step()),
      both: compile("again", step(1)),
    };
    for (const [name, run] of Object.entries(steps)) {
      const actual = tf.tidy(run);
      actual.forEach((tensor, i) => {
        const difference = tf.max(tf.abs(tf.sub(tensor, expected[i]!))).dataSync()[0]!;
        expect(difference, `${name}: ${model.trainable[i - 1]?.name ?? "loss"}`).toBeLessThan(1e-3);
      });
    }
    model.dispose();
  });

  it("leak no tensors", async () => {
    const model = await loadGoldenModel("llama");
    model.addAdapter({ rank: 4, alpha: 8, targets: ["q_proj", "v_proj", "down_proj"], seed: 3 });
    const step = () => {
      const packed = tf.tidy(() =>
        tf.variableGrads(() => loss(model, { adapter: true, recomputeEvery: 1 }), model.trainable),
      );
      packed.value.dispose();
      tf.dispose(packed.grads);
    };
    step();
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
