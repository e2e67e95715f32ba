import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";

/** A tensor of an optimizer's state in host memory. */
export interface OptimizerTensor {
  name: string;
  shape: number[];
  data: Float32Array;
}

export function readVariables(variables: ReadonlyMap<string, tf.Variable>): Promise<OptimizerTensor[]> {
  return Promise.all(
    Array.from(variables, async ([name, variable]) => ({
      name,
      shape: variable.shape,
      data: (await variable.data()) as Float32Array,
    })),
  );
}

/** Checks everything before the first assignment, so that a bad file leaves the variables as they were. */
export function restoreVariables(
  variables: ReadonlyMap<string, tf.Variable>,
  tensors: Iterable<OptimizerTensor>,
): void {
  const byName = new Map(Array.from(tensors, (tensor) => [tensor.name, tensor]));
  for (const [name, variable] of variables) {
    const tensor = byName.get(name);
    const expected = JSON.stringify(variable.shape);
    if (!tensor) throw invalid(`the optimizer state has no tensor ${name}`);
    if (JSON.stringify(tensor.shape) !== expected) {
      throw invalid(`the optimizer state's ${name} has shape ${JSON.stringify(tensor.shape)}, expected ${expected}`);
    }
  }
  for (const [name, variable] of variables) {
    const { data, shape } = byName.get(name)!;
    // The variable gets a copy, because tfjs keeps the array that it is given and the caller may go on using its own.
    tf.tidy(() => variable.assign(tf.tensor(data.slice(), shape)));
  }
}

const invalid = (message: string) => new DomainError("checkpoint-invalid", message);
