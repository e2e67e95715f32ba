import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Backend, loadBackend } from "./backend";
import { compile, type StepFunction } from "./compile";
import { createInPlaceBuffer } from "./in-place-buffer";
import { createRandom, statelessUniform } from "./random";

const values = (tensors: tf.Tensor[]) => tensors.map((tensor) => Array.from(tensor.dataSync()));
const int = (value: number) => tf.scalar(value, "int32");

let backend: Backend;
beforeAll(async () => {
  backend = await loadBackend();
});

describe("compile", () => {
  let tensors = 0;
  beforeEach(() => {
    tf.engine().startScope();
    tensors = tf.memory().numTensors;
  });
  afterEach(() => {
    tf.engine().endScope();
    tf.disposeVariables();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(tensors);
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  /** Runs a function compiled and op by op on the same arguments and expects equal results, twice. */
  function expectSame(label: string, fn: StepFunction, ...args: tf.Tensor[]) {
    const compiled = compile(label, fn);
    for (let round = 0; round < 2; round++) {
      const expected = tf.tidy(() => fn(...args));
      const actual = compiled(...args);
      actual.forEach((result, i) => {
        expect(result.shape).toEqual(expected[i]!.shape);
        expect(result.dtype).toBe(expected[i]!.dtype);
        const reference = expected[i]!.dataSync();
        result.dataSync().forEach((value, j) => {
          expect(value).toBeCloseTo(reference[j]!, 5);
        });
      });
    }
    expect(compiled.recordings).toBe(backend.canCompile ? 1 : 0);
    compiled.dispose();
  }

  it("gives results that belong to the caller, even where they are an argument or a variable", () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const step = compile("identity", (x) => [x!, variable, tf.add(x!, 1), x!]);
    const x = tf.tensor1d([5, 6]);
    const before = tf.memory().numTensors;
    const results = step(x);
    expect(values(results)).toEqual([
      [5, 6],
      [1, 2],
      [6, 7],
      [5, 6],
    ]);
    tf.dispose(results);
    expect(tf.memory().numTensors).toBe(before);
    expect(x.isDisposed || variable.isDisposed).toBe(false);
    step.dispose();
  });

  it("records once for each combination of shapes and types", () => {
    let runs = 0;
    const step = compile("double", (x) => {
      runs++;
      return [tf.mul(x!, tf.cast(tf.scalar(2), x!.dtype))];
    });
    for (let i = 0; i < 3; i++) {
      expect(values(step(tf.tensor1d([1, 2])))).toEqual([[2, 4]]);
      expect(values(step(tf.tensor1d([1, 2, 3])))).toEqual([[2, 4, 6]]);
      expect(values(step(tf.tensor1d([1, 2], "int32")))).toEqual([[2, 4]]);
    }
    if (!backend.canCompile) return;
    expect(runs).toBe(3);
    expect(step.recordings).toBe(3);
    step.dispose();
    expect(values(step(tf.tensor1d([4, 2])))).toEqual([[8, 4]]);
    expect(runs).toBe(4);
    step.dispose();
  });

  it("tells two arguments apart that are the same tensor while recording", () => {
    const step = compile("subtract", (a, b) => [tf.sub(a!, b!)]);
    const x = tf.tensor1d([1, 2]);
    expect(values(step(x, x))).toEqual([[0, 0]]);
    expect(values(step(tf.tensor1d([5, 5]), x))).toEqual([[4, 3]]);
    step.dispose();
  });

  it("reads outside tensors and variables anew at each call, and variables that share their memory apart", () => {
    const zeros = tf.zeros([2]);
    const [first, second] = [tf.variable(zeros), tf.variable(zeros)];
    const table = tf.tensor1d([10, 20]);
    const step = compile("captured", (x) => [tf.addN([x!, table, first, second])]);
    expect(values(step(tf.ones([2])))).toEqual([[11, 21]]);
    first.assign(tf.tensor1d([100, 0]));
    second.assign(tf.tensor1d([0, 300]));
    expect(values(step(tf.ones([2])))).toEqual([[111, 321]]);
    step.dispose();
  });

  it("assigns variables: in order, by each other, and not while recording", () => {
    const a = tf.variable(tf.scalar(1));
    const b = tf.variable(tf.scalar(2));
    const step = compile("swap", () => {
      const old = tf.clone(a);
      a.assign(tf.clone(b));
      b.assign(tf.add(old, 10));
      return [tf.add(a, b)];
    });
    expect(values(step())).toEqual([[13]]);
    expect([a, b].map((variable) => variable.dataSync()[0])).toEqual([2, 11]);
    const snapshot = a.clone();
    expect(values(step())).toEqual([[23]]);
    expect([a, b].map((variable) => variable.dataSync()[0])).toEqual([11, 12]);
    expect(snapshot.dataSync()[0]).toBe(2);
    step.dispose();
  });

  it("computes gradients, custom ones too, of variables made with tf.zeros", () => {
    const a = tf.variable(
      tf.tensor2d([
        [1, -2],
        [0.5, 1],
        [3, 0],
      ]),
    );
    const b = tf.variable(tf.zeros([2, 3]) as tf.Tensor2D);
    const doubled = tf.customGrad((x, save) => {
      (save as tf.GradSaveFunc)([x as tf.Tensor]);
      return {
        value: tf.square(x as tf.Tensor),
        gradFunc: (dy, saved) => tf.mul(tf.mul(dy, (saved as tf.Tensor[])[0]!), 2),
      };
    });
    const fn: StepFunction = (x) => {
      const loss = () => {
        const y = tf.matMul(tf.matMul(x as tf.Tensor2D, a), b);
        return tf.mean(doubled(tf.sub(tf.softmax(tf.gather(y, tf.tensor1d([1, 0, 1], "int32"))), 0.1))) as tf.Scalar;
      };
      const { value, grads } = tf.variableGrads(loss, [a, b]);
      return [value, grads[a.name]!, grads[b.name]!];
    };
    expectSame(
      "gradients",
      fn,
      tf.tensor2d([
        [1, 2, 3],
        [-1, 0, 1],
      ]),
    );
  });

  it("runs the ops that language models are made of as op by op", () => {
    const x = tf.tensor3d(
      Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      [2, 3, 4],
    );
    const ids = tf.tensor1d([2, 0, 1, 2], "int32");
    expectSame(
      "ops",
      (x, ids) => {
        const [q, k] = tf.split(tf.transpose(x!, [0, 2, 1]), 2, 1) as [tf.Tensor3D, tf.Tensor3D];
        const scores = tf.matMul(q, k, true, false);
        const table = tf.reshape(x!, [6, 4]);
        const top = tf.topk(table, 2);
        const rows = tf.unstack(table).slice(1, 3);
        return [
          tf.softmax(scores),
          tf.logSoftmax(scores),
          tf.einsum("bij,bkj->bik", x!, x!),
          tf.gather(table, ids as tf.Tensor1D),
          tf.oneHot(ids as tf.Tensor1D, 3),
          tf.argMax(table, -1),
          top.values,
          top.indices,
          tf.concat([rows[0]!, rows[1]!, tf.ones([30])]),
          tf.stack(rows),
          tf.cumsum(table, 1, true, true),
          tf.where(tf.greater(table, 0), table, tf.zerosLike(table)),
          tf.unsortedSegmentSum(table.slice([0, 0], [4, 4]), ids as tf.Tensor1D, 3),
          tf.pad(table, [
            [0, 1],
            [1, 0],
          ]),
          tf.clipByValue(table, -0.5, 0.5),
          tf.logicalAnd(tf.less(table, 0.5), tf.notEqual(table, 0)),
          tf.range(0, 5, 1, "int32"),
          tf.tile(table, [1, 2]),
          tf.reverse(table, 1),
          tf.stridedSlice(table, [0, 1], [6, 4], [2, 2]),
          tf.expandDims(tf.norm(table), 0),
          tf.leakyRelu(tf.erf(tf.softplus(table)), 0.1),
          tf.tanh(table),
          tf.logSumExp(table, 1),
          tf.squeeze(tf.linalg.bandPart(tf.ones([3, 3]), -1, 0).sum(0, true)),
          tf.mod(ids!, int(2)),
          tf.floorDiv(ids!, int(2)),
          tf.pow(table, 2),
          tf.isNaN(table),
          tf.isFinite(table),
          tf.all(tf.isFinite(table)),
        ].map((tensor) => tensor as tf.Tensor);
      },
      x,
      ids,
    );
  });

  it("writes into buffers in place and reads what it wrote, over several calls", () => {
    const run = (wrap: (fn: StepFunction) => StepFunction) => {
      const buffer = createInPlaceBuffer([2, 4, 2]);
      const step = wrap((row, position) => {
        buffer.write(tf.reshape(row!, [2, 1, 2]), position as tf.Scalar, 1);
        buffer.write(tf.fill([2, 1, 2], 9), tf.add(position as tf.Scalar, int(1)) as tf.Scalar, 1);
        return [tf.add(buffer.read(), 0), tf.sum(buffer.read(), [0, 2])];
      });
      const rows = [0, 2, 1].map((at) => tf.tensor1d([at + 1, -at - 1, at, 7]));
      const results = [0, 2, 1].flatMap((at, i) => values(step(rows[i]!, int(at))));
      buffer.dispose();
      return results;
    };
    const compiled = run((fn) => compile("buffer", fn));
    expect(compiled).toEqual(run((fn) => fn));
    expect(compiled.at(-2)).toEqual([1, -1, 2, -2, 9, 9, 9, 9, 0, 7, 1, 7, 9, 9, 9, 9]);
  });

  it("keeps a write whose value nothing reads", () => {
    const buffer = createInPlaceBuffer([3]);
    const step = compile("write", (x) => {
      buffer.write(x!, int(1), 0);
      return [];
    });
    step(tf.tensor1d([7]));
    expect(values([buffer.read()])).toEqual([[0, 7, 0]]);
    step.dispose();
    buffer.dispose();
  });

  it("draws numbers from the seed that it is given", () => {
    const draw: StepFunction = (seed) => [statelessUniform([50], seed as tf.Tensor1D)];
    const random = createRandom(3);
    const step = compile("uniform", draw);
    const seeds = [random.seedTensor(), random.seedTensor()] as const;
    expect(values(step(seeds[0]))).toEqual(values(draw(seeds[0])));
    expect(values(step(seeds[1]))).toEqual(values(draw(seeds[1])));
    expect(values(step(seeds[0]))).not.toEqual(values(step(seeds[1])));
    step.dispose();
  });

  it("becomes part of a compiled function that calls it", () => {
    const inner = compile("inner", (x) => [tf.add(x!, 1)]);
    const outer = compile("outer", (x) => inner(tf.mul(inner(x!)[0]!, 2)));
    expect(values(outer(tf.scalar(3)))).toEqual([[9]]);
    expect(inner.recordings).toBe(0);
    outer.dispose();
  });

  it("runs op by op on demand", () => {
    vi.stubEnv("TUNELOOP_EAGER", "1");
    const step = compile("eager", (x) => [tf.add(x!, x!.dataSync()[0]!)]);
    expect(values(step(tf.scalar(3)))).toEqual([[6]]);
    expect(step.recordings).toBe(0);
  });

  it("refuses to stand inside a gradient", () => {
    const step = compile("square", (x) => [tf.square(x!)]);
    const inside = tf.grad((x) => step(x)[0]!);
    expect(() => inside(tf.scalar(1))).toThrow("square: a compiled function has no gradient");
  });
});

describe("compile where a graph can be built", () => {
  it.skipIf(process.env.TUNELOOP_BACKEND === "wasm")(
    "names the line of a mistake and leaves everything as it was",
    () => {
      if (!backend.canCompile) return;
      const variable = tf.variable(tf.tensor1d([1, 2]));
      const tensors = tf.memory().numTensors;
      const fails = (fn: StepFunction) => () => tf.tidy(() => compile("step", fn)(tf.tensor1d([1, 2, 3])));
      const line = /compile\.test\.ts:\d+:\d+/;

      const reads = fails((x) => {
        variable.assign(tf.tensor1d([5, 6]));
        return [tf.add(x!, x!.dataSync()[0]!)];
      });
      expect(reads).toThrow("reads a tensor's value on the host");
      expect(reads).toThrow(line);
      expect(values([variable])).toEqual([[1, 2]]);

      const kept: tf.Tensor[] = [];
      expect(fails((x) => [tf.add(x!, kept[kept.push(tf.keep(tf.neg(x!))) - 1]!)])).toThrow("keeps 1 tensors beyond");
      expect(fails((x) => [tf.variable(x!)])).toThrow("makes variables");
      const native = tf.backend() as unknown as {
        executeSingleOutput(op: string, attributes: object[], inputs: tf.Tensor[]): tf.Tensor;
      };
      const misfit = fails((x) => [native.executeSingleOutput("AddV2", [], [x!, variable])]);
      expect(misfit).toThrow("Dimensions must be equal, but are 3 and 2");
      expect(misfit).toThrow(line);
      tf.dispose(kept);
      expect(tf.memory().numTensors).toBe(tensors);
      variable.dispose();
    },
  );

  it("names the line of an error that shows only when it runs", () => {
    if (!backend.canCompile) return;
    tf.tidy(() => {
      const step = compile("lookup", (ids) => [tf.gather(tf.tensor1d([1, 2, 3]), ids as tf.Tensor1D)]);
      expect(values(step(tf.tensor1d([0, 2], "int32")))).toEqual([[1, 3]]);
      expect(() => step(tf.tensor1d([0, 9], "int32"))).toThrow(/lookup: .*9 is not in \[0, 3\).*compile\.test\.ts:\d+/);
      expect(values(step(tf.tensor1d([1, 1], "int32")))).toEqual([[2, 2]]);
      step.dispose();
    });
  });

  it("says so when a tensor from outside is gone", () => {
    if (!backend.canCompile) return;
    const table = tf.tensor1d([1]);
    const step = compile("gone", () => [tf.add(table, 1)]);
    tf.dispose(step());
    table.dispose();
    expect(() => step()).toThrow("gone: a tensor from outside that it reads has been disposed");
    step.dispose();
  });

  it("runs op by op where a buffer is written after it was read", () => {
    if (!backend.canCompile) return;
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const buffer = createInPlaceBuffer([3]);
    tf.tidy(() => {
      const step = compile("unordered", (x) => {
        const before = tf.sum(buffer.read());
        buffer.write(x!, int(0), 0);
        return [before, tf.sum(buffer.read())];
      });
      expect(values(step(tf.tensor1d([2])))).toEqual([[0], [2]]);
      expect(values(step(tf.tensor1d([5])))).toEqual([[2], [5]]);
    });
    buffer.dispose();
    expect(warn.mock.calls).toEqual([
      ["unordered is not compiled and runs op by op: it writes a buffer that it has read"],
    ]);
    warn.mockRestore();
  });

  it("runs op by op, with one line of warning, where a shape depends on values", () => {
    if (!backend.canCompile) return;
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    tf.tidy(() => {
      const step = compile("unique", (x) => [tf.unique(x!).values]);
      expect(values(step(tf.tensor1d([3, 1, 3])))).toEqual([[3, 1]]);
      expect(values(step(tf.tensor1d([3, 3, 3])))).toEqual([[3]]);
      expect(step.recordings).toBe(0);
    });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toContain(
      "unique is not compiled and runs op by op: the shape of UniqueV2's result",
    );
    warn.mockRestore();
  });
});
