import * as tf from "@tensorflow/tfjs";
import { dataTypeOf, type GraphBinding, type NativeBackend, type NativeBinding } from "../native-backend";
import { CompileError } from "./errors";
import { Graph } from "./graph";
import { RecordingBinding } from "./recording-binding";

/** A function as a graph, and what to give to it at each call, in the order of its inputs after the arguments. */
export interface Recording {
  graph: Graph;
  /** Ids of all inputs of the graph: arguments, then `captured`, `variables`, `residents`, `resources`. */
  inputs: number[];
  /** Ids of all outputs: results, then the new values of `assigned`, which are those not resident. */
  outputs: number[];
  /** Operations that run for their effect on a resource. */
  effects: number[];
  results: number;
  captured: object[];
  variables: tf.Variable[];
  /** Variables that live in TensorFlow and are changed there. */
  residents: tf.Variable[];
  resources: number[];
  assigned: tf.Variable[];
}

/** Variables of at least this many elements that a function assigns are resident: their new values need no second place. */
export const RESIDENT_SIZE = 1 << 16;

let active: RecordingBinding | null = null;

/** What records at present: tensors then have shapes but no values. */
export const activeRecording = (): RecordingBinding | null => active;

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
  const first = recordOnce(backend, fn, args, noteCallSites, new Set());
  // Which variables a function assigns is known at its end, how it reads them is needed at its start.
  const residents = first.assigned.filter(({ size }) => size >= RESIDENT_SIZE);
  return residents.length > 0 ? recordOnce(backend, fn, args, noteCallSites, new Set(residents)) : first;
}

function recordOnce(
  backend: NativeBackend,
  fn: (...args: tf.Tensor[]) => tf.Tensor[],
  args: tf.Tensor[],
  noteCallSites: boolean,
  residents: ReadonlySet<tf.Variable>,
): Recording {
  const native = backend.binding as NativeBinding & GraphBinding;
  const graph = new Graph(native, noteCallSites);
  const binding = new RecordingBinding(graph, native, backend, (variable) => residents.has(variable));
  const variables = Object.values(tf.engine().registeredVariables);
  const originals = variables.map((variable) => tf.clone(variable));
  const restore = binding.install();
  active = binding;
  try {
    const result = recordInScope(graph, binding, fn, args, variables, originals, residents);
    binding.refuseKeptTensors();
    const assigned = result.assigned.filter((variable) => !residents.has(variable));
    return { ...result, assigned };
  } finally {
    active = null;
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
  residents: ReadonlySet<tf.Variable>,
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
      const graphValueOf = (tensor: tf.Tensor) => binding.valueOf(binding.idOf(tensor));
      const resultIds = results.map((result) => graphValueOf(result).id);
      const assigned = variables.filter((variable, i) => binding.idOf(variable) !== binding.idOf(standIns[i]!));
      const newValues = assigned
        .filter((variable) => !residents.has(variable))
        .map((variable) => graphValueOf(variable).id);
      for (const variable of assigned)
        if (residents.has(variable)) binding.assignResident(variable, graphValueOf(variable));
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
