import * as tf from "@tensorflow/tfjs";

/** An attribute of a TensorFlow op, as tfjs-node's binding takes it. */
export interface OpAttribute {
  name: string;
  /** One of the binding's `TF_ATTR_…` numbers. */
  type: number;
  value: AttributeValue;
}

export type AttributeValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

/** A tensor that TensorFlow holds, by the binding's number for it. */
export interface TensorHandle {
  id: number;
  shape: number[];
  dtype: number;
}

/** The parts of tfjs-node's binding that Tuneloop calls. */
export interface NativeBinding {
  readonly TF_Version: string;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(shape: readonly number[], dtype: number, values: ArrayLike<unknown>): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): ArrayBufferView;
  executeOp(op: string, attributes: readonly OpAttribute[], inputs: readonly number[], outputs: number): TensorHandle[];
  /**
   * The instruction set that the fused operations of `native/fused_ops.h` are compiled for; absent from the stock
   * binary.
   */
  readonly fusedInstructions?: string;
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
}

/** A graph under construction, held by the binding. */
export type NativeGraph = object;

/** An operation of a graph: its number (for control edges) and its outputs. An unknown dimension is −1, rank null. */
export interface GraphOperation {
  operation: number;
  outputs: { id: number; dtype: number; shape: number[] | null }[];
}

/**
 * The functions that `native/graph_functions.h`, which documents them, adds to the binding. They are absent from the
 * stock binary.
 */
export interface GraphBinding {
  createGraph(): NativeGraph;
  addConstant(
    graph: NativeGraph,
    name: string,
    dtype: number,
    shape: readonly number[],
    values: ArrayBufferView,
  ): GraphOperation;
  addOperation(
    graph: NativeGraph,
    op: string,
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    listLength: number,
    controls: readonly number[],
  ): GraphOperation;
  addFunction(
    graph: NativeGraph,
    name: string,
    inputs: readonly number[],
    outputs: readonly number[],
    controls: readonly number[],
  ): void;
  removeFunction(name: string): void;
}

export const canBuildGraphs = (binding: NativeBinding): binding is NativeBinding & GraphBinding =>
  "addFunction" in binding;

/** The record that tfjs-node keeps for each `dataId`. */
export interface TensorData {
  shape: number[];
  dtype: number;
  /** Values that TensorFlow has not been given yet. */
  values: ArrayLike<unknown> | null;
  id: number;
  refCount: number;
}

/**
 * The parts of tfjs-node's backend that the engine and the models use. `binding` is a plain property, so a recording
 * can swap it.
 */
export interface NativeBackend {
  binding: NativeBinding;
  tensorMap: { get(dataId: object): TensorData; has(dataId: object): boolean };
  /** Notes host values under a `dataId`; TensorFlow gets them when an op first needs them. */
  move(dataId: object, values: unknown, shape: number[], dtype: tf.DataType, refCount: number): void;
  /** Drops one use of the data, and the data with its last use. */
  disposeData(dataId: object, force?: boolean): boolean;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(handle: TensorHandle): tf.Tensor;
  executeSingleOutput(op: string, attributes: readonly OpAttribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

const isNative = (backend: object): backend is NativeBackend =>
  "binding" in backend && "executeMultipleOutputs" in backend;

/** TensorFlow's backend if it is the current one, else null (on WebAssembly). */
export function nativeBackend(): NativeBackend | null {
  const backend: object = tf.backend();
  return isNative(backend) ? backend : null;
}

/** TensorFlow's numbers for the element types that Tuneloop uses (types.proto). */
export const DataType = { float32: 1, int32: 3, string: 7, bool: 10, resource: 20 } as const;

/** TensorFlow's number for a tfjs element type. Throws on complex numbers, which nothing here uses. */
export function dataTypeOf(dtype: tf.DataType): number {
  if (dtype === "complex64") throw new Error("complex64 tensors are not supported");
  return DataType[dtype];
}
