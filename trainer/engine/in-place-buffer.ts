import * as tf from "@tensorflow/tfjs";
import { type AttributeValue, DataType, type NativeBackend, nativeBackend, type OpAttribute } from "./native-backend";
import { createResource, destroyResource } from "./resources";

/**
 * Memory that is written a slice at a time without copying the rest: the key and value cache of a generation.
 * Reads and writes may stand inside a compiled function, where they happen in the order of the calls.
 */
export interface InPlaceBuffer {
  readonly shape: number[];
  /**
   * Writes `values` (the buffer's shape but for `axis`) at `position` of the axis; `position` is an int32 scalar, so that
   * it may be an argument of a compiled function. Past the end is an error of TensorFlow.
   */
  write(values: tf.Tensor, position: tf.Scalar, axis: number): void;
  /** All of it, as of now: a later write does not change the tensor that this returns. */
  read(): tf.Tensor;
  dispose(): void;
}

/** A buffer of float32 zeros. */
export function createInPlaceBuffer(shape: number[]): InPlaceBuffer {
  const backend = nativeBackend();
  return backend ? resourceBuffer(backend, shape) : variableBuffer(shape);
}

/** A resource variable of TensorFlow. `backend.binding` is looked up at each call: a recording swaps it. */
function resourceBuffer(backend: NativeBackend, shape: number[]): InPlaceBuffer {
  const { TF_ATTR_TYPE, TF_ATTR_INT } = backend.binding;
  const attribute = (name: string, type: number, value: AttributeValue): OpAttribute => ({ name, type, value });
  const dtype = attribute("dtype", TF_ATTR_TYPE, DataType.float32);
  const resource = createResource(backend, DataType.float32, shape);
  const execute = (op: string, attributes: OpAttribute[], inputs: number[], outputs: number) =>
    backend.binding.executeOp(op, attributes, [resource.handle, ...inputs], outputs);
  const zeros = tf.fill(shape, 0);
  execute("AssignVariableOp", [dtype], backend.getInputTensorIds([zeros]), 0);
  zeros.dispose();

  return {
    shape,
    write: (values, position, axis) => {
      tf.tidy(() => {
        const along = (size: (at: number) => number) =>
          tf.tensor1d(
            shape.map((_, at) => size(at)),
            "int32",
          );
        const chosen = along((at) => (at === axis ? 1 : 0));
        const begin = tf.mul(chosen, position);
        const end = tf.add(
          begin,
          along((at) => (at === axis ? values.shape[axis]! : shape[at]!)),
        );
        execute(
          "ResourceStridedSliceAssign",
          [
            attribute("T", TF_ATTR_TYPE, DataType.float32),
            attribute("Index", TF_ATTR_TYPE, DataType.int32),
            ...["begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"].map((mask) =>
              attribute(mask, TF_ATTR_INT, 0),
            ),
          ],
          backend.getInputTensorIds([begin, end, along(() => 1), values]),
          0,
        );
      });
    },
    read: () => backend.createOutputTensor(execute("ReadVariableOp", [dtype], [], 1)[0]!),
    dispose: () => destroyResource(backend, resource),
  };
}

/** The same on a backend without in-place ops: every write copies. */
function variableBuffer(shape: number[]): InPlaceBuffer {
  const variable = tf.variable(tf.zeros(shape), false);
  return {
    shape,
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
