import type * as tf from "@tensorflow/tfjs";
import type { RunEvent, RunPhase } from "@/domain/runs/run-events";
import { callOnce, compileNamed, type TensorRecord } from "../engine/compile-named";
import type { RecipeRun } from "./recipe";
import { breathe } from "./run-stopped";

/**
 * Makes a forward pass over any number of examples, micro-batch by micro-batch, as one compiled function; the
 * reference's log-probs and validation use it. The longest examples come first, so that a micro-batch that does not fit
 * in memory fails at once.
 *
 * @param options.pack tensors of a micro-batch; the function gives `valuesPerExample` values for each of its slots
 * @returns all values, [examples · valuesPerExample], in the examples' order
 */
export function forwardFunction<Packed extends TensorRecord>(
  { scope, signal }: Pick<RecipeRun, "scope" | "signal">,
  name: string,
  forward: (packed: Packed) => tf.Tensor1D,
  options: {
    config: { microBatchSize: number };
    tokensOf: (example: number) => number;
    pack: (examples: readonly number[]) => Packed;
    valuesPerExample: number;
  },
): (examples: readonly number[], phase: RunPhase, message: string) => AsyncGenerator<RunEvent, Float32Array> {
  const { config, tokensOf, pack, valuesPerExample: width } = options;
  const compiled = scope.own(compileNamed(name, (packed: Packed) => ({ values: forward(packed) })));
  return async function* (examples, phase, message) {
    const order = examples.map((example, place) => ({ example, place }));
    order.sort((a, b) => tokensOf(b.example) - tokensOf(a.example) || a.place - b.place);
    const values = new Float32Array(examples.length * width);
    for (let done = 0; done < examples.length; done += config.microBatchSize) {
      await breathe(signal);
      yield { type: "phase", phase, message, done, total: examples.length };
      const some = order.slice(done, done + config.microBatchSize);
      const result = callOnce(compiled, pack(some.map(({ example }) => example))).values;
      const data = result.dataSync();
      result.dispose();
      some.forEach(({ place }, slot) => {
        values.set(data.subarray(slot * width, (slot + 1) * width), place * width);
      });
    }
    return values;
  };
}
