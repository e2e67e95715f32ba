import * as tf from "@tensorflow/tfjs";
import { noteRecording, noteRun, type RecordingTimes } from "./compile-statistics";
import { CannotRecordError, CompileError, tensorflowMessage } from "./compiler/errors";
import { RecordedFunction } from "./compiler/recorded-function";
import { activeRecording, record } from "./compiler/recording";
import { canBuildGraphs, type NativeBackend, nativeBackend } from "./native-backend";

/** A step of training or generation: tensors in, tensors out. Plain tfjs ops; may read and assign `tf.Variable`s. */
export type StepFunction = (...args: tf.Tensor[]) => tf.Tensor[];

/**
 * A step function made fast, with the semantics of a `tf.function`:
 * - recorded once for each combination of argument shapes, then replayed as one TensorFlow graph;
 * - whatever differs between calls (ids, learning rate, position, random seed) must be an argument: JavaScript numbers
 *   are baked in, and so is the path that `if` and `for` took;
 * - outside tensors that the function reads (frozen weights, variables) are found by themselves. A tensor must outlive
 *   the function; a variable's value is read at each call;
 * - variables may be assigned; their new values are in place when the call returns. They are made outside;
 * - the results belong to the caller, everything else is tidied. It cannot stand inside a gradient (`tf.variableGrads`),
 *   the gradient stands inside it.
 */
export interface CompiledFunction {
  (...args: tf.Tensor[]): tf.Tensor[];
  readonly label: string;
  /** How many combinations of shapes are recorded. */
  readonly recordings: number;
  /** Forgets the recordings; the next call records anew. */
  dispose(): void;
}

let onComputing: ((change: 1 | -1) => void) | undefined;

/** Tells `listener` when a compiled function is entered (1) and left (-1): such a call may take minutes on a processor. */
export function watchComputing(listener: (change: 1 | -1) => void): void {
  onComputing = listener;
}

/** Makes `fn` fast where the backend can compile; elsewhere, or with TUNELOOP_EAGER=1, it runs op by op. */
export function compile(label: string, fn: StepFunction): CompiledFunction {
  const functions = new Map<string, { recorded: RecordedFunction; times: RecordingTimes }>();
  const residents = new Set<tf.Variable>();
  let refused = false;

  const run = (...args: tf.Tensor[]): tf.Tensor[] => {
    onComputing?.(1);
    try {
      return runOnce(args);
    } finally {
      onComputing?.(-1);
    }
  };

  const runOnce = (args: tf.Tensor[]): tf.Tensor[] => {
    // A function called inside another compiled function becomes part of that function's graph.
    if (activeRecording()) return runEagerly(fn, args);
    if (tf.engine().state.gradientDepth > 0) {
      throw new CompileError(`${label}: a compiled function has no gradient; take the gradient inside it`);
    }
    const backend = nativeBackend();
    if (!backend || refused || !canBuildGraphs(backend.binding) || process.env.TUNELOOP_EAGER === "1") {
      return runEagerly(fn, args);
    }
    const key = args.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
    try {
      let known = functions.get(key);
      if (!known) {
        const start = performance.now();
        const recording = record(backend, fn, args, { residents });
        const recorded = new RecordedFunction(backend, label, recording);
        known = { recorded, times: noteRecording(label, (performance.now() - start) / 1000, recording.products) };
        functions.set(key, known);
      }
      const began = performance.now();
      const results = known.recorded.run(args);
      noteRun(known.times, (performance.now() - began) / 1000);
      return results;
    } catch (error) {
      if (!(error instanceof CannotRecordError)) throw explain(error, label, backend, fn, args);
      console.warn(`${label} is not compiled and runs op by op: ${error.message}`);
      refused = true;
      return runEagerly(fn, args);
    }
  };

  const dispose = () => {
    for (const { recorded } of functions.values()) recorded.dispose();
    functions.clear();
    residents.clear();
  };
  const compiled = Object.assign(run, { label, dispose, recordings: 0 });
  return Object.defineProperty(compiled, "recordings", { get: () => functions.size });
}

/**
 * Gives clones, because a result may be an argument, a variable or another result's tensor, and the caller disposes
 * each one.
 */
function runEagerly(fn: StepFunction, args: tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => fn(...args).map((result) => tf.clone(result)));
}

/**
 * Names the line of JavaScript behind an error. TensorFlow names only a node of the graph; a second recording, with
 * lines noted, finds the line that made the node.
 */
function explain(error: unknown, label: string, backend: NativeBackend, fn: StepFunction, args: tf.Tensor[]): unknown {
  if (error instanceof CompileError) return new CompileError(`${label}: ${error.message}`, { cause: error });
  if (!(error instanceof Error) || !error.message.startsWith("Invalid TF_Status")) return error;
  const site = record(backend, fn, args, { residents: new Set(), noteCallSites: true }).graph.callSiteOf(error.message);
  const message = tensorflowMessage(error).split("\n")[0];
  return new CompileError(`${label}: ${message}${site ? `, at ${site}` : ""}`, { cause: error });
}
