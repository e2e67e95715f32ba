import * as tf from "@tensorflow/tfjs";
import { dataTypeOf, type GraphBinding, type NativeBackend, type NativeBinding } from "../native-backend";
import { CompileError } from "./errors";
import { Graph } from "./graph";
import { RecordingBinding } from "./recording-binding";

/** A function as a graph, and what to give to it at each call, in the order of its inputs after the arguments. */
export interface Recording {
  graph: Graph;
  /** Ids of all inputs of the graph: arguments, then `captured`, `variables`, `resources`. */
  inputs: number[];
  /** Ids of all outputs: results, then the new values of `assigned`. */
  outputs: number[];
  /** Operations that run for their effect on a resource. */
  effects: number[];
  results: number;
  captured: object[];
  variables: tf.Variable[];
  resources: number[];
  assigned: tf.Variable[];
}

let recording = false;

/** Whether a function is being recorded: tensors then have shapes but no values. */
export const isRecording = (): boolean => recording;

/**
 * Runs `fn` with tensors that have shapes but no values and notes, at the binding's `executeOp`, every TensorFlow op that
 * tfjs-node's kernels emit. Nothing is computed, and every variable keeps its value.
 */
export function record(
  backend: NativeBackend,
  fn: (...args: tf.Tensor[]) => tf.Tensor[],
  args: tf.Tensor[],
  noteCallSites = false,
): Recording {
  const native = backend.binding as NativeBinding & GraphBinding;
  const graph = new Graph(native, noteCallSites);
  const binding = new RecordingBinding(graph, native, backend);
  const variables = Object.values(tf.engine().registeredVariables);
  const originals = variables.map((variable) => tf.clone(variable));
  const restore = binding.install();
  recording = true;
  try {
    const result = recordInScope(graph, binding, fn, args, variables, originals);
    binding.refuseKeptTensors();
    return result;
  } finally {
    recording = false;
    restore();
    tf.dispose(originals);
  }
}

function recordInScope(
  graph: Graph,
  binding: RecordingBinding,
  fn: (...args: tf.Tensor[]) => tf.Tensor[],
  args: tf.Tensor[],
  variables: tf.Variable[],
  originals: tf.Tensor[],
): Recording {
  let result: Recording | undefined;
  tf.tidy(() => {
    // Each argument and each variable gets an identity of its own: two may share their memory outside.
    const placeholders = args.map((arg) => binding.placeholder(dataTypeOf(arg.dtype), arg.shape));
    const standIns = variables.map((variable) => binding.variable(variable));
    variables.forEach((variable, i) => {
      variable.assign(standIns[i]!);
    });
    try {
      const results = fn(...placeholders.map(({ tensor }) => tensor));
      refuseNewVariables(variables);
      const valueIds = (tensors: tf.Tensor[]) => tensors.map((tensor) => binding.valueOf(binding.idOf(tensor)).id);
      const resultIds = valueIds(results);
      const assigned = variables.filter((variable, i) => binding.idOf(variable) !== binding.idOf(standIns[i]!));
      const newValues = valueIds(assigned);
      const { ids, ...sources } = binding.inputs();
      result = {
        graph,
        inputs: [...placeholders.map(({ value }) => value.id), ...ids],
        outputs: [...resultIds, ...newValues],
        effects: binding.effects(),
        results: results.length,
        assigned,
        ...sources,
      };
    } finally {
      variables.forEach((variable, i) => {
        if (!variable.isDisposed) variable.assign(originals[i]!);
      });
    }
  });
  return result!;
}

function refuseNewVariables(before: tf.Variable[]): void {
  const known = new Set(before);
  const made = Object.values(tf.engine().registeredVariables).filter((variable) => !known.has(variable));
  if (made.length === 0) return;
  for (const variable of made) variable.dispose();
  throw new CompileError(`it makes variables (${made[0]!.name}); make them before the first call`);
}
