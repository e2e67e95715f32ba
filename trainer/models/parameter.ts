import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import { type NamedTensors, transpose } from "../file-formats/tensor-file";

/**
 * One weight as the model uses it, with the checkpoint's tensors that it is read from and written to: one or several
 * tensors on each other along the first axis, or one that is stored the other way round.
 */
export interface Parameter {
  value: tf.Tensor | tf.Variable;
  /** Hugging Face names and shapes of its parts, in order. */
  parts: { name: string; shape: number[] }[];
  /** Whether the checkpoint holds [in, out] (GPT-2's Conv1D) while `value` is [out, in]. */
  transposed: boolean;
}

/** The variables of those parameters that train. */
export function variablesOf(parameters: Parameter[]): tf.Variable[] {
  return parameters.flatMap(({ value }) => (value instanceof tf.Variable && value.trainable ? [value] : []));
}

/** Puts a new value in place of the old one, which is freed. */
export function replaceValue(parameter: Parameter, value: tf.Tensor): void {
  if (parameter.value instanceof tf.Variable) {
    parameter.value.assign(value);
    value.dispose();
  } else {
    parameter.value.dispose();
    parameter.value = tf.keep(value);
  }
}

/** Reads a weight back into host memory, as the checkpoint has it. */
export async function readParameter({ value, parts, transposed }: Parameter, into: NamedTensors): Promise<void> {
  const data = (await value.data()) as Float32Array;
  let offset = 0;
  for (const { name, shape } of parts) {
    const size = shape.reduce((product, n) => product * n, 1);
    const part = data.subarray(offset, offset + size);
    const stored = transposed ? transpose(part, shape[1]!, shape[0]!) : part;
    into.set(name, { dtype: "F32", shape: [...shape], data: stored });
    offset += size;
  }
}

/**
 * Finds the weight, or the part of a stacked one, that a tensor of this name replaces, and gives the function that
 * replaces it.
 * @throws DomainError if no weight has this name and shape
 */
export function fitParameter(
  parameters: Parameter[],
  name: string,
  { shape, data }: { shape: number[]; data: ArrayLike<number> },
  source: string,
): () => void {
  const parameter = parameters.find(({ parts }) => parts.some((part) => part.name === name));
  const index = parameter?.parts.findIndex((part) => part.name === name) ?? -1;
  if (!parameter || parameter.parts[index]?.shape.join() !== shape.join()) {
    const message = `${source}: the adapter's tensor "${name}" [${shape}] does not fit this model.`;
    throw new DomainError("model-unsupported", message);
  }
  return () =>
    replaceValue(
      parameter,
      tf.tidy(() => {
        const stored = tf.tensor(Float32Array.from(data), shape);
        const sizes = parameter.parts.map((part) => part.shape[0] as number);
        if (parameter.transposed) return tf.transpose(stored);
        if (sizes.length === 1) return stored;
        const pieces = tf.split(parameter.value, sizes);
        return tf.concat(pieces.map((piece, place) => (place === index ? stored : piece)));
      }),
    );
}
