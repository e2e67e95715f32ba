import * as tf from "@tensorflow/tfjs";
import type { RunEvent, RunPhase } from "@/domain/runs/run-events";
import { breathe } from "./run-stopped";

/**
 * Runs a forward pass over all examples, micro-batch by micro-batch, longest first, so that a batch that does not fit
 * in memory fails at once.
 *
 * @param forward packs some examples and gives `valuesPerExample` values for each
 * @returns [examples · valuesPerExample], in the examples' order
 */
export async function* evaluateSequences(
  examples: number,
  forward: (examples: readonly number[]) => tf.Tensor,
  options: {
    valuesPerExample: number;
    microBatchSize: number;
    lengthOf: (example: number) => number;
    signal: AbortSignal;
    phase: RunPhase;
    message: string;
  },
): AsyncGenerator<RunEvent, Float32Array> {
  const { valuesPerExample: width, microBatchSize, lengthOf, signal, phase, message } = options;
  const order = Array.from({ length: examples }, (_, index) => index);
  order.sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  const values = new Float32Array(examples * width);
  for (let done = 0; done < examples; done += microBatchSize) {
    await breathe(signal);
    yield { type: "phase", phase, message, done, total: examples };
    const some = order.slice(done, done + microBatchSize);
    const result = forward(some);
    const data = result.dataSync() as Float32Array;
    result.dispose();
    some.forEach((example, slot) => {
      values.set(data.subarray(slot * width, (slot + 1) * width), example * width);
    });
  }
  return values;
}

/** Calls a function with arguments that are only for it, and disposes them. */
export function callOnce<Result>(fn: (args: tf.Tensor[]) => Result, args: tf.Tensor[]): Result {
  try {
    return fn(args);
  } finally {
    tf.dispose(args);
  }
}
