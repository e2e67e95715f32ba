import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../../engine/backend";
import { goldensFolder } from "../../fixtures/goldens";
import { createPpoRuns, type Figures, figuresOf, trainedWeights, trainInTwo } from "../../fixtures/ppo-runs";
import { loadModel } from "../../models/load-model";
import { completionLogProbs, packLearned } from "../pack-completions";
import { RunScope } from "../run-scope";
import { createTextGradients, sequencesOfStep } from "../text-mix";

let folder: string;
let runs: Awaited<ReturnType<typeof createPpoRuns>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-mix-"));
  runs = await createPpoRuns(folder);
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (name: string) => path.join(folder, name);
const figure = (figures: Figures[], at: number, name: string) => figures.at(at)?.[name] ?? Number.NaN;

describe("the texts of a step", () => {
  const settings = { count: 5, size: 2, seed: 3 };
  it("come round one after the other, each time in another order", () => {
    const taken = [0, 1, 2, 3, 4].flatMap((step) => sequencesOfStep(step, settings));
    const rounds = [taken.slice(0, 5), taken.slice(5)];
    for (const round of rounds) expect([...round].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(rounds[0]).not.toEqual(rounds[1]);
  });
  it("may be more than there are", () => {
    expect(sequencesOfStep(3, { count: 1, size: 3, seed: 3 })).toEqual([0, 0, 0]);
  });
});

it("adds weight × the gradient of the mean loss a token, whatever lies in memory at once", async () => {
  const { model } = await loadModel(path.join(goldensFolder, "llama"));
  model.addAdapter({ rank: 2, alpha: 4, targets: ["q_proj", "v_proj"], seed: 1 });
  const scope = new RunScope();
  const sequences = [
    { ids: [5, 6, 7, 8, 9], learned: [{ start: 2, end: 5 }] },
    { ids: [9, 8, 7], learned: [{ start: 1, end: 3 }] },
  ];
  const expected = tf.tidy(() => {
    const packed = packLearned(
      sequences.map((one) => [one]),
      2,
    );
    const { value, grads } = tf.variableGrads(() => {
      const { logProbs, membership } = completionLogProbs(model, packed);
      const sum: tf.Scalar = tf.sum(tf.mul(logProbs, tf.sum(membership, 0)));
      return tf.div(sum, -5);
    }, model.trainable);
    return {
      loss: value.dataSync()[0] as number,
      gradients: model.trainable.map(({ name }) => grads[name]?.dataSync()),
    };
  });
  const mix = { name: "sft" as const, sequences, weight: 0.5, size: 2 };
  const beside = createTextGradients(scope, model, [mix], { microBatchSize: 1, gradientCheckpointing: false, seed: 1 });
  const parts = [...(beside?.(0) ?? [])];
  expect(parts).toHaveLength(2);
  expect(parts.reduce((sum, part) => sum + part.figure, 0)).toBeCloseTo(expected.loss, 5);
  expect(parts.reduce((sum, part) => sum + part.loss, 0)).toBeCloseTo(0.5 * expected.loss, 5);
  model.trainable.forEach((_, index) => {
    const whole = expected.gradients[index] as Float32Array;
    const summed = whole.map((_, i) =>
      parts.reduce((sum, { gradients }) => sum + ((gradients[index] as tf.Tensor).dataSync()[i] as number), 0),
    );
    whole.forEach((value, i) => {
      expect(summed[i]).toBeCloseTo(0.5 * value, 5);
    });
  });
  tf.dispose(parts.map(({ gradients }) => gradients));
  scope.dispose();
  model.dispose();
});

describe("a run with text beside its rollouts", () => {
  it("learns demonstrations and auxiliary text, and lets go of all tensors", async () => {
    const before = tf.memory().numTensors;
    const text = await runs.write("text.jsonl", [
      { text: "All that is rewarded is not gold." },
      { text: "So it goes." },
    ]);
    const figures = figuresOf(
      await runs.train(place("learns"), {
        dataset: runs.demonstrations,
        sftMixRatio: 0.5,
        auxiliaryCoefficient: 0.5,
        auxiliaryDataset: text,
        maxSteps: 6,
        lrScheduler: "constant",
        policyLearningRate: 1e-2,
      }),
    );
    for (const name of ["loss/sft_avg", "loss/auxiliary_avg"]) {
      expect(figure(figures, -1, name)).toBeLessThan(0.8 * figure(figures, 0, name));
    }
    const [first] = figures as [Figures];
    const parts = [
      first["loss/policy_avg"],
      0.5 * (first["loss/sft_avg"] ?? 0),
      0.5 * (first["loss/auxiliary_avg"] ?? 0),
    ];
    expect(first.loss).toBeCloseTo(
      parts.reduce<number>((sum, part) => sum + (part ?? Number.NaN), 0),
      5,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it("stopped and resumed ends with the same bits", async () => {
    // Seven texts, two a step, make a step's place among them matter.
    const texts = Array.from({ length: 7 }, (_, index) => ({ text: `Line ${index} of a text that goes on.` }));
    const changes = {
      sftMixRatio: 0.2,
      sftDataset: runs.demonstrations,
      auxiliaryCoefficient: 0.3,
      auxiliaryDataset: await runs.write("lines.jsonl", texts),
      microBatchSize: 2,
      maxSteps: 3,
    };
    await runs.train(place("whole"), changes);
    const figures = figuresOf(await trainInTwo((options) => runs.train(place("in-two"), changes, options), 2));
    expect(figures).toHaveLength(1);
    expect((await trainedWeights(place("in-two"))).equals(await trainedWeights(place("whole")))).toBe(true);
  });

  it.each([
    ["a source that nothing asks for", { sftDataset: "x.jsonl" }, /^run: sftDataset: .*sftMixRatio above 0/],
    [
      "auxiliary text that nothing asks for",
      { auxiliaryDataset: "x" },
      /^run: auxiliaryDataset: .*auxiliaryCoefficient/,
    ],
    [
      "prompts that nobody has answered",
      { sftMixRatio: 0.1 },
      /^sftMixRatio: prompts.jsonl:1: completion: it is missing.*\(sftDataset names another source\)/,
    ],
    [
      "a file that is not there",
      { auxiliaryCoefficient: 1, auxiliaryDataset: "/nowhere/text.jsonl" },
      /^auxiliaryCoefficient: text.jsonl: no such file/,
    ],
    ["a share above all", { sftMixRatio: 2 }, /^run: sftMixRatio/],
  ])("refuses %s in one line", async (_, changes, message) => {
    await expect(runs.train(place("refused"), changes)).rejects.toMatchObject({
      userMessage: expect.stringMatching(message),
    });
  });

  it("refuses text that is none, by line and key, and leaves out what does not fit", async () => {
    const wrong = await runs.write("wrong.jsonl", [{ text: "Good." }, { text: 3 }]);
    await expect(
      runs.train(place("refused"), { auxiliaryCoefficient: 1, auxiliaryDataset: wrong }),
    ).rejects.toMatchObject({ userMessage: expect.stringMatching(/^auxiliaryCoefficient: wrong.jsonl:2: text: /) });

    const long = await runs.write("long.jsonl", [{ text: "word ".repeat(500) }, { text: "A short one." }]);
    const events = await runs.train(place("long"), {
      auxiliaryCoefficient: 1,
      auxiliaryDataset: long,
      maxLength: 128,
      maxSteps: 1,
    });
    const resolved = events.find(({ type }) => type === "resolved");
    expect(resolved).toMatchObject({
      warnings: expect.arrayContaining([
        { field: "auxiliaryCoefficient", message: expect.stringMatching(/^1 of 2 texts/) },
      ]),
    });
  });
});
