import * as tf from "@tensorflow/tfjs";
import type { ProductCounts } from "../compile-statistics";
import { dataTypeOf, type GraphBinding, type NativeBackend, type NativeBinding } from "../native-backend";
import { CompileError } from "./errors";
import { Graph } from "./graph";
import { RecordingBinding } from "./recording-binding";

/** A function as a graph, with the inputs that each call gives to it after the arguments, in order. */
export interface Recording {
  graph: Graph;
  /** Ids of all inputs of the graph: arguments, then `captured`, `variables`, `residents`, `resources`. */
  inputs: number[];
  /** Ids of all outputs: results, then the new values of `assigned`. */
  outputs: number[];
  /** Operations that run for their effect on a resource. */
  effects: number[];
  results: number;
  captured: object[];
  variables: tf.Variable[];
  /** Variables that live in TensorFlow and are changed there. */
  residents: tf.Variable[];
  resources: number[];
  /** Variables that are assigned and not resident. */
  assigned: tf.Variable[];
  /** The recording's matrix products, for `bench`. */
  products: ProductCounts;
}

export interface RecordOptions {
  /**
   * Variables to change inside TensorFlow. All recordings of a function share this set, and a recording adds to it when
   * it meets another such variable.
   */
  residents: Set<tf.Variable>;
  /** Makes the graph remember which line of JavaScript made each operation. */
  noteCallSites?: boolean;
}

/**
 * Variables of at least this many elements that a function assigns become resident, so that the new value takes the old
 * one's place in memory.
 */
const RESIDENT_SIZE = 1 << 16;

let active: RecordingBinding | null = null;

/** The binding that records at present, or null. While it records, tensors have shapes but no values. */
export const activeRecording = (): RecordingBinding | null => active;

/**
 * Runs `fn` with tensors that have shapes but no values and notes, at the binding's `executeOp`, every TensorFlow op that
 * tfjs-node's kernels emit. Nothing is computed, and every variable keeps its value.
 */
export function record(
  backend: NativeBackend,
  fn: (...args: tf.Tensor[]) => tf.Tensor[],
  args: tf.Tensor[],
  { residents, noteCallSites = false }: RecordOptions,
): Recording {
  const known = residents.size;
  const recording = recordOnce(backend, fn, args, residents, noteCallSites);
  for (const variable of recording.assigned) if (variable.size >= RESIDENT_SIZE) residents.add(variable);
  // A recording finds out which variables should be resident, but has to know before it starts how they are read; hence
  // a second recording when new ones were found.
  return residents.size > known ? recordOnce(backend, fn, args, residents, noteCallSites) : recording;
}

function recordOnce(
  backend: NativeBackend,
  fn: (...args: tf.Tensor[]) => tf.Tensor[],
  args: tf.Tensor[],
  residents: Set<tf.Variable>,
  noteCallSites: boolean,
): Recording {
  const native = backend.binding as NativeBinding & GraphBinding;
  const binding = new RecordingBinding(new Graph(native, noteCallSites), native, backend, residents);
  const variables = Object.values(tf.engine().registeredVariables);
  const originals = variables.map((variable) => tf.clone(variable));
  const restore = binding.install();
  active = binding;
  try {
    const recording = recordInScope(binding, fn, args, variables, originals);
    binding.refuseKeptTensors();
    return recording;
  } finally {
    active = null;
    restore();
    tf.dispose(originals);
    binding.settle();
  }
}

function recordInScope(
  binding: RecordingBinding,
  fn: (...args: tf.Tensor[]) => tf.Tensor[],
  args: tf.Tensor[],
  variables: tf.Variable[],
  originals: tf.Tensor[],
): Recording {
  let recording: Recording | undefined;
  tf.tidy(() => {
    // Each argument and each variable gets an identity of its own, because two of them may share their memory outside.
    const placeholders = args.map((arg) => binding.placeholder(dataTypeOf(arg.dtype), arg.shape));
    const standIns = variables.map((variable) => binding.variable(variable));
    variables.forEach((variable, i) => {
      variable.assign(standIns[i]!);
    });
    try {
      const results = fn(...placeholders.map(({ tensor }) => tensor));
      refuseNewVariables(variables);
      const idsOf = (tensors: tf.Tensor[]) => tensors.map((tensor) => binding.valueOf(binding.idOf(tensor)).id);
      const resultIds = idsOf(results);
      const changed = variables.filter((variable, i) => binding.idOf(variable) !== binding.idOf(standIns[i]!));
      const assigned = changed.filter((variable) => !binding.isResident(variable));
      const newValues = idsOf(assigned);
      binding.storeAssigned(changed.filter((variable) => binding.isResident(variable)));
      const { ids, ...sources } = binding.inputs();
      recording = {
        graph: binding.graph,
        inputs: [...placeholders.map(({ value }) => value.id), ...ids],
        outputs: [...resultIds, ...newValues],
        effects: binding.effects(),
        results: results.length,
        assigned,
        products: binding.products,
        ...sources,
      };
    } finally {
      variables.forEach((variable, i) => {
        if (!variable.isDisposed) variable.assign(originals[i]!);
      });
    }
  });
  return recording!;
}

function refuseNewVariables(before: tf.Variable[]): void {
  const known = new Set(before);
  const made = Object.values(tf.engine().registeredVariables).filter((variable) => !known.has(variable));
  if (made.length === 0) return;
  for (const variable of made) variable.dispose();
  throw new CompileError(`it makes variables (${made[0]!.name}); make them before the first call`);
}
