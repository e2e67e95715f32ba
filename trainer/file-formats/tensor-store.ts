import type { NamedTensor, NamedTensors } from "./tensor-file";

export interface TensorInfo {
  /** The type of the tensor in the file: F32, F16, BF16, I64, Q8_0 … */
  dtype: string;
  shape: number[];
}

/**
 * The tensors of a model, left on disk. Headers are read and checked on opening; the numbers come one tensor at a time,
 * so that a model can be looked at, converted or merged without ever being in memory as a whole.
 */
export interface TensorStore {
  readonly entries: ReadonlyMap<string, TensorInfo>;
  /**
   * Reads one tensor.
   * @throws DomainError naming file and tensor
   */
  read(name: string): Promise<NamedTensor>;
  /** Reads one tensor synchronously, even after `close`: it opens the file for itself. */
  readNow(name: string): NamedTensor;
  close(): Promise<void>;
}

/** Reads all tensors of a store and closes it. */
export async function readAll(store: TensorStore): Promise<NamedTensors> {
  try {
    const tensors: NamedTensors = new Map();
    for (const name of store.entries.keys()) tensors.set(name, await store.read(name));
    return tensors;
  } finally {
    await store.close();
  }
}
