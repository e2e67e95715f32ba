import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { loadGoldenModel } from "../fixtures/goldens";
import { completionLogProbs, packLearned } from "../recipes/pack-completions";
import { packCompletions, toTargetTensors } from "./packed-targets";
import { bucketSize, packRows, toPackedTensors } from "./packing";
import type { CausalLanguageModel } from "./types";

describe("bucketSize", () => {
  it.each([
    [8, 60],
    [4, 36],
    [2, 22],
    [1, 14],
  ] as const)("wastes at most one part of %s beyond small sizes and takes few values", (parts, most) => {
    const sizes = Array.from({ length: 8192 }, (_, i) => i + 1);
    const values = new Set(sizes.map((size) => bucketSize(size, 32, parts)));
    const waste = (size: number) => bucketSize(size, 32, parts) - size;
    expect(sizes.filter((size) => waste(size) < 0 || waste(size) >= Math.max(32, size / parts))).toEqual([]);
    expect(values.size).toBeLessThan(most);
  });
});

describe("packRows", () => {
  it("keeps a spare token and slot, and points tokens and slots at each other", () => {
    const batch = packRows([{ ids: [7, 8, 9] }, { ids: [5] }], { align: "end", exact: true });
    expect(batch).toMatchObject({ rows: 2, time: 4, tokens: 5, realTokens: 4, offsets: [0, 3], lengths: [3, 1] });
    expect([...batch.segments]).toEqual([-1, 0, 0, 0, -1, -1, -1, 0]);
    expect([...batch.tokenOfSlot]).toEqual([4, 0, 1, 2, 4, 4, 4, 3]);
    expect([...batch.slotOfToken]).toEqual([1, 2, 3, 7, 0]);
    expect([...batch.positions]).toEqual([0, 1, 2, 0, 0]);
  });
});

describe("packed log-probs", () => {
  let model: CausalLanguageModel;
  beforeAll(async () => {
    await loadBackend();
    model = await loadGoldenModel("llama");
  });

  const sums = (...args: Parameters<typeof packCompletions>): number[] =>
    tf.tidy(() => {
      const { batch, targets } = packCompletions(...args);
      const { positions, targets: ids, membership } = toTargetTensors(targets);
      const hidden = model.hiddenStates(toPackedTensors(batch), { adapter: false, at: positions });
      const logProbs = model.targetLogProbs(hidden, ids);
      return Array.from(tf.matMul(membership, tf.expandDims(logProbs, 1) as tf.Tensor2D).dataSync());
    });
  const expectClose = (actual: number[], expected: number[]) => {
    expect(actual).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(actual[i]!).toBeCloseTo(value, 3);
  };

  const prompt = [1, 87, 85, 322, 201, 46, 75];
  const chosen = [278, 262, 266, 2];
  const rejected = [343, 281, 364, 308, 68, 78, 2];
  const other = {
    promptIds: [1, 90, 201],
    completions: [
      [67, 2],
      [85, 75, 278, 67, 2],
    ],
  };

  it("of branches that share a prompt equal those of rows of their own", () => {
    const shared = sums([{ promptIds: prompt, completions: [chosen, rejected] }]);
    const apart = sums([
      { promptIds: prompt, completions: [chosen] },
      { promptIds: prompt, completions: [rejected] },
    ]);
    expectClose(shared, apart);
  });

  it("of sequences that share a row are those of rows of their own, whatever stands beside them", () => {
    const sequences = [prompt.concat(chosen), other.promptIds.concat(rejected), prompt.concat(rejected)];
    const learned = sequences.map((ids) => ({ ids, learned: [{ start: 1, end: ids.length }] }));
    const logProbs = (rows: (typeof learned)[]) =>
      tf.tidy(() => {
        const packed = packLearned(rows, 3);
        return Array.from(completionLogProbs(model, packed).logProbs.dataSync());
      });
    const targets = sequences.map(({ length }) => length - 1);
    const total = targets.reduce((sum, count) => sum + count, 0);
    const apart = logProbs(learned.map((sequence) => [sequence])).slice(0, total);
    const together = logProbs([learned]).slice(0, total);
    expect(Math.max(...apart.map((value, i) => Math.abs(value - together[i]!)))).toBeLessThan(1e-5);
    const swapped = { ...learned[1]!, ids: learned[1]!.ids.map((id) => id + 1) };
    const beside = logProbs([[learned[0]!, swapped, learned[2]!]]);
    const isOther = (i: number) => i < targets[0]! || i >= targets[0]! + targets[1]!;
    expect(Math.max(...together.map((value, i) => (isOther(i) ? Math.abs(value - beside[i]!) : 0)))).toBeLessThan(1e-6);
  });

  it("and their gradients are the same where attention is cut into blocks of time", () => {
    // Sequences of 140 tokens: four of them share a row of 576 columns (four blocks) or have one of 160 each (one block).
    const sequences = Array.from({ length: 4 }, (_, i) =>
      Array.from({ length: 140 }, (_, t) => (t * 37 + i * 101) % 512),
    );
    const learned = sequences.map((ids) => ({ ids, learned: [{ start: 1, end: ids.length }] }));
    const adapted = (rows: (typeof learned)[]) => {
      const { value, grads } = tf.variableGrads(() => {
        const { logProbs } = completionLogProbs(model, packLearned(rows, rows.length));
        return tf.mean(tf.slice(logProbs, [0], [4 * 139])) as tf.Scalar;
      }, model.trainable);
      const gradients = model.trainable.map(({ name }) => Array.from(grads[name]!.dataSync()));
      tf.dispose([value, grads]);
      return { gradients };
    };
    model.addAdapter({ rank: 4, alpha: 8, targets: ["q_proj", "v_proj", "down_proj"], seed: 3 });
    try {
      for (const variable of model.trainable) variable.assign(tf.randomNormal(variable.shape, 0, 0.1, "float32", 5));
      const apart = adapted(learned.map((sequence) => [sequence])).gradients;
      const together = adapted([learned]).gradients;
      for (const [i, gradient] of apart.entries()) {
        const size = Math.max(...gradient.map(Math.abs));
        const difference = Math.max(...gradient.map((value, j) => Math.abs(value - together[i]![j]!)));
        expect(size).toBeGreaterThan(0);
        expect(difference / size).toBeLessThan(1e-4);
      }
    } finally {
      model.removeAdapter();
    }
  });

  it("do not depend on what else is in the batch, nor on padding", () => {
    const group = { promptIds: prompt, completions: [chosen, rejected] };
    const alone = sums([group], { exact: true });
    const together = sums([other, group], { rows: 5, sequences: 12 });
    expectClose(together.slice(2, 4), alone);
    expectClose(together.slice(4), new Array(8).fill(0));
  });

  it("of a long completion, over several chunks of the head, equal those of the logits", () => {
    const ids = Array.from({ length: 400 }, (_, i) => (i * 37) % 512);
    const [sum, again] = sums([
      { promptIds: ids.slice(0, 1), completions: [ids.slice(1)] },
      { promptIds: ids.slice(0, 1), completions: [ids.slice(1)] },
    ]);
    const direct = tf.tidy(() => {
      const logits = model.logits(model.hiddenStates(toPackedTensors(packRows([{ ids }])), { adapter: false }));
      const logProbs = tf.logSoftmax(logits).arraySync() as number[][];
      return ids.slice(1).reduce((total, id, t) => total + logProbs[t]![id]!, 0);
    });
    expect(sum! / direct).toBeCloseTo(1, 5);
    expect(again! / direct).toBeCloseTo(1, 5);
  });
});
