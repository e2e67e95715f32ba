import * as tf from "@tensorflow/tfjs";
import { activeRecording } from "./compiler/recording";
import { DataType, type NativeBackend, nativeBackend } from "./native-backend";
import { createResource, destroyResource } from "./resources";

/**
 * Memory that is written a slice at a time without copying the rest: the key and value cache of a generation.
 * Reads and writes may stand inside a compiled function, where they happen in the order of the calls.
 */
export interface InPlaceBuffer {
  readonly shape: number[];
  /**
   * Writes `values` (the buffer's shape but for `axis`) at `position` of the axis; `position` is an int32 scalar, so that
   * it may be an argument of a compiled function. The caller keeps inside the buffer: nothing checks the position.
   */
  write(values: tf.Tensor, position: tf.Scalar, axis: number): void;
  /**
   * Gives the whole buffer without a copy. The tensor has to be used before the next write, which changes what it
   * shows. (A function that writes again after it has read is not compiled, for its ops have no order.)
   */
  read(): tf.Tensor;
  /** The buffer's resource in TensorFlow; null on a backend without in-place ops. */
  readonly handle: number | null;
  dispose(): void;
}

/**
 * Runs an operation that writes into the buffers itself: the operation gets them as tensors (aliases of their memory)
 * and returns its own result, which later reads of the buffers wait for. Every buffer must have a handle.
 */
export function changeInPlace<T extends tf.Tensor>(
  buffers: readonly InPlaceBuffer[],
  run: (aliases: tf.Tensor[]) => T,
): T {
  const recording = activeRecording();
  const handles = buffers.flatMap(({ handle }) => handle ?? []);
  if (handles.length < buffers.length) throw new Error("these buffers cannot be changed in place");
  for (const handle of handles) recording?.beforeChange(handle);
  const result = run(buffers.map((buffer) => buffer.read()));
  for (const handle of handles) recording?.afterChange(handle, result);
  return result;
}

/** Makes a buffer of float32 zeros. */
export function createInPlaceBuffer(shape: number[]): InPlaceBuffer {
  const backend = nativeBackend();
  return backend ? resourceBuffer(backend, shape) : variableBuffer(shape);
}

/**
 * Makes a buffer out of a resource variable of TensorFlow. InplaceUpdate writes its slices through an alias of its
 * memory: the op for slices of resources (ResourceStridedSliceAssign) would make every later read a copy, a tenth of
 * the time of a generated token.
 */
function resourceBuffer(backend: NativeBackend, shape: number[]): InPlaceBuffer {
  const { TF_ATTR_TYPE } = backend.binding;
  const dtype = { name: "dtype", type: TF_ATTR_TYPE, value: DataType.float32 };
  const resource = createResource(backend, DataType.float32, shape);
  const zeros = tf.fill(shape, 0);
  const [id] = backend.getInputTensorIds([zeros]);
  backend.binding.executeOp("AssignVariableOp", [dtype], [resource.handle, id!], 0);
  zeros.dispose();

  // `backend.binding` is looked up at each call: a recording swaps it.
  const read = () => {
    const [handle] = backend.binding.executeOp("ReadVariableOp", [dtype], [resource.handle], 1);
    return backend.createOutputTensor(handle!);
  };
  const write = (values: tf.Tensor, position: tf.Scalar, axis: number) => {
    const size = tf.util.sizeFromShape(shape.slice(axis + 1));
    const [length, added] = [shape[axis]!, values.shape[axis]!];
    const blocks = tf.util.sizeFromShape(shape.slice(0, axis));
    // For each row of the values at position 0, the row of the buffer (seen as [blocks · length, size]) that it goes
    // to.
    const rows = Int32Array.from({ length: blocks * added }, (_, i) => Math.floor(i / added) * length + (i % added));
    const recording = activeRecording();
    recording?.beforeChange(resource.handle);
    const type = { name: "T", type: TF_ATTR_TYPE, value: DataType.float32 };
    const changed = backend.executeSingleOutput(
      "InplaceUpdate",
      [type],
      [
        tf.reshape(read(), [blocks * length, size]),
        tf.add(tf.tensor1d(rows, "int32"), position),
        tf.reshape(values, [blocks * added, size]),
      ],
    );
    recording?.afterChange(resource.handle, changed);
  };
  return {
    shape,
    handle: resource.handle,
    write: (values, position, axis) => {
      tf.tidy(() => write(values, position, axis));
    },
    read,
    dispose: () => destroyResource(backend, resource),
  };
}

/** Makes a buffer for a backend without in-place ops, where every write copies. */
function variableBuffer(shape: number[]): InPlaceBuffer {
  const variable = tf.variable(tf.zeros(shape), false);
  return {
    shape,
    handle: null,
    write: (values, position, axis) => {
      tf.tidy(() => {
        const start = position.dataSync()[0]!;
        const stop = start + values.shape[axis]!;
        const part = (from: number, to: number) =>
          tf.slice(
            variable,
            shape.map((_, at) => (at === axis ? from : 0)),
            shape.map((size, at) => (at === axis ? to - from : size)),
          );
        variable.assign(tf.concat([part(0, start), values, part(stop, shape[axis]!)], axis));
      });
    },
    read: () => tf.clone(variable),
    dispose: () => variable.dispose(),
  };
}
