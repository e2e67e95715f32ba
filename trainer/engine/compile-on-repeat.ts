import * as tf from "@tensorflow/tfjs";
import { type CompiledFunction, compile, type StepFunction } from "./compile";

/**
 * Compiles functions whose shapes may come only once (prefill of a prompt, scoring a batch). Recording a graph and
 * running it for the first time cost about a second, so a shape runs op by op when it is seen first and is recorded
 * when it comes again.
 */
export function compileOnRepeat(label: string, fn: StepFunction): CompiledFunction {
  const seen = new Set<string>();
  const compiled = compile(label, fn);
  const run = (...args: tf.Tensor[]): tf.Tensor[] => {
    const shapes = args.map(({ shape }) => shape.join("×")).join();
    if (seen.has(shapes)) return compiled(...args);
    seen.add(shapes);
    return tf.tidy(() => fn(...args).map((result) => tf.clone(result)));
  };
  const repeated = Object.assign(run, { label, dispose: compiled.dispose, recordings: 0 });
  return Object.defineProperty(repeated, "recordings", { get: () => compiled.recordings });
}
