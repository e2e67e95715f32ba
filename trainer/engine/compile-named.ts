import * as tf from "@tensorflow/tfjs";
import { type CompiledFunction, compile } from "./compile";

/**
 * A record of tensors, or of lists of them, by name. A name whose value is undefined counts as absent. Callers type each
 * name with its rank; a function that needs some of the names takes any record that has them.
 */
export type TensorRecord = { readonly [name: string]: tf.Tensor | readonly tf.Tensor[] | undefined };

/** A compiled function of named tensors. The results belong to the caller, and so do the arguments. */
export interface NamedFunction<Inputs, Outputs> {
  (inputs: Inputs): Outputs;
  dispose(): void;
}

/**
 * How a positional list was made from a record: each name, and how many tensors it stands for (null for a single tensor
 * that is not in a list).
 */
type Layout = readonly { name: string; count: number | null }[];

/**
 * Compiles a function that takes and gives records of tensors. The compiler knows positions alone; they are derived
 * here and nowhere else, from the names in alphabetical order, so that the order in which a caller writes its record
 * makes no difference. Each combination of present names is a compiled function of its own.
 */
export function compileNamed<Inputs extends TensorRecord, Outputs extends TensorRecord>(
  label: string,
  fn: (inputs: Inputs) => Outputs,
): NamedFunction<Inputs, Outputs> {
  const variants = new Map<string, { compiled: CompiledFunction; results: { layout: Layout } }>();
  const variantFor = (layout: Layout) => {
    const key = JSON.stringify(layout);
    const known = variants.get(key);
    if (known) return known;
    // The function runs at least once before any replay, so the names of its results are known by then.
    const results: { layout: Layout } = { layout: [] };
    const compiled = compile(label, (...tensors) => {
      const flat = flatten(fn(unflatten<Inputs>(layout, tensors)));
      results.layout = flat.layout;
      return flat.tensors;
    });
    const made = { compiled, results };
    variants.set(key, made);
    return made;
  };
  const call = (inputs: Inputs): Outputs => {
    const { layout, tensors } = flatten(inputs);
    const { compiled, results } = variantFor(layout);
    const given = compiled(...tensors);
    return unflatten<Outputs>(results.layout, given);
  };
  const dispose = () => {
    for (const { compiled } of variants.values()) compiled.dispose();
    variants.clear();
  };
  return Object.assign(call, { dispose });
}

/**
 * Calls a function with tensors that were made for this call alone, and disposes them even when the function throws.
 */
export function callOnce<Inputs extends TensorRecord, Result>(fn: (inputs: Inputs) => Result, inputs: Inputs): Result {
  try {
    return fn(inputs);
  } finally {
    tf.dispose(flatten(inputs).tensors);
  }
}

function flatten(record: TensorRecord): { layout: Layout; tensors: tf.Tensor[] } {
  const entries = Object.entries(record);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const layout: { name: string; count: number | null }[] = [];
  const tensors: tf.Tensor[] = [];
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    const isOne = value instanceof tf.Tensor;
    layout.push({ name, count: isOne ? null : value.length });
    tensors.push(...(isOne ? [value] : value));
  }
  return { layout, tensors };
}

function unflatten<Names>(layout: Layout, tensors: readonly tf.Tensor[]): Names {
  let next = 0;
  const entries = layout.map(({ name, count }) => {
    const start = next;
    next += count ?? 1;
    return [name, count === null ? tensors[start] : tensors.slice(start, next)];
  });
  // Positions become names again in this place only, with the types that the caller gave them.
  return Object.fromEntries(entries) as Names;
}
