import type * as tf from "@tensorflow/tfjs";
import { productKey } from "../compile-statistics";
import {
  DataType,
  type GraphBinding,
  type NativeBackend,
  type NativeBinding,
  type OpAttribute,
  type TensorData,
  type TensorHandle,
} from "../native-backend";
import { callSite } from "./call-site";
import { CannotRecordError, CompileError } from "./errors";
import type { Graph, GraphValue } from "./graph";
import { RecordedResources } from "./recorded-resources";

/** Numbers from here on stand for tensors without values; the binding counts its own numbers up from 0. */
const FIRST_SYMBOLIC = 2 ** 30;

type HostValues = ArrayBufferView & ArrayLike<number>;

/**
 * What a tensor's number stands for: a value of the graph, values of the host that are not yet in the graph, or a
 * variable that is not yet read.
 */
interface Symbolic {
  dtype: number;
  shape: number[];
  value?: GraphValue;
  host?: HostValues;
  variable?: tf.Variable;
  /** How many changes in place a resident variable had seen when it was read. */
  version?: number;
}

/** Takes the place of tfjs-node's binding while a function is recorded. */
export class RecordingBinding {
  private readonly symbolic = new Map<number, Symbolic>();
  /** The data that tfjs-node keeps for each tensor without a value. */
  private readonly held = new Map<number, TensorData>();
  /** Tensors that the recorded function made from values of JavaScript. */
  private readonly inside = new WeakSet<object>();
  private readonly outside = new Map<number, { dataId: object; data: TensorData }>();
  private readonly captured = new Map<number, GraphValue>();
  private readonly variables = new Map<tf.Variable, GraphValue>();
  private readonly resources: RecordedResources;
  /** Variables that the next recording should keep resident. */
  private readonly wanted = new Set<tf.Variable>();
  readonly products = new Map<string, number>();
  private next = FIRST_SYMBOLIC;

  constructor(
    readonly graph: Graph,
    private readonly native: NativeBinding & GraphBinding,
    private readonly backend: NativeBackend,
    private readonly residents: Set<tf.Variable>,
  ) {
    this.resources = new RecordedResources(graph, native);
  }

  /** Puts itself between tfjs-node and TensorFlow; returns a function that takes it away again. */
  install(): () => void {
    const { backend, native } = this;
    const { move, createOutputTensor } = backend;
    const overrides: Partial<NativeBinding> = {
      createTensor: (shape, dtype, values) => this.add({ dtype, shape: [...shape], host: values as HostValues }),
      deleteTensor: (id) => {
        this.held.delete(id);
        if (!this.symbolic.delete(id)) native.deleteTensor(id);
      },
      tensorDataSync: (id) => this.read(id),
      executeOp: (op, attributes, inputs) => this.execute(op, attributes, inputs),
    };
    // The binding's own properties are read-only, so they are copied rather than inherited.
    const names = Object.getOwnPropertyNames(native) as (keyof NativeBinding)[];
    const copied = Object.fromEntries(names.map((name) => [name, native[name]]));
    backend.binding = { ...copied, ...overrides } as unknown as NativeBinding;
    backend.getInputTensorIds = (tensors) => tensors.map((tensor) => this.idOf(tensor));
    backend.move = (dataId, ...rest) => {
      this.inside.add(dataId);
      move.call(backend, dataId, ...rest);
    };
    backend.createOutputTensor = (handle) => {
      const tensor = createOutputTensor.call(backend, handle);
      this.held.set(handle.id, backend.tensorMap.get(tensor.dataId));
      return tensor;
    };
    return () => {
      backend.binding = native;
      // The recording's own properties hid these methods of the class; deleting the properties brings the methods back.
      Reflect.deleteProperty(backend, "getInputTensorIds");
      Reflect.deleteProperty(backend, "move");
      Reflect.deleteProperty(backend, "createOutputTensor");
    };
  }

  /** Makes a new argument of the function. */
  placeholder(dtype: number, shape: number[]): { value: GraphValue; tensor: tf.Tensor } {
    const value = this.graph.placeholder(dtype, shape);
    return { value, tensor: this.tensor({ dtype, shape, value }) };
  }

  /**
   * Makes the tensor that stands for a variable's value; the value becomes an input of the function where it is read.
   */
  variable(variable: tf.Variable): tf.Tensor {
    const { dtype } = this.backend.tensorMap.get(variable.dataId);
    return this.tensor({ dtype, shape: variable.shape, variable });
  }

  private tensor(symbolic: Symbolic): tf.Tensor {
    return this.backend.createOutputTensor({ id: this.add(symbolic), shape: symbolic.shape, dtype: symbolic.dtype });
  }

  private add(symbolic: Symbolic): number {
    this.symbolic.set(this.next, symbolic);
    return this.next++;
  }

  /**
   * Gives the number of a tensor. Host values that TensorFlow has not been given yet are taken over, into the graph if
   * the function made them.
   */
  idOf(tensor: tf.TensorInfo): number {
    if (!tensor.dataId) throw new CannotRecordError("it uses 64-bit integers");
    const data = this.backend.tensorMap.get(tensor.dataId);
    if (data.values !== null) {
      if (data.dtype === DataType.string) throw new CannotRecordError("it uses text tensors");
      const { createTensor } = this.inside.has(tensor.dataId) ? this.backend.binding : this.native;
      data.id = createTensor(data.shape, data.dtype, data.values);
      data.values = null;
      if (data.id >= FIRST_SYMBOLIC) this.held.set(data.id, data);
    }
    if (data.id < FIRST_SYMBOLIC) this.outside.set(data.id, { dataId: tensor.dataId, data });
    return data.id;
  }

  /** The graph's value for a number. At its first use a number becomes an input or a constant of the graph. */
  valueOf(id: number): GraphValue {
    const symbolic = this.symbolic.get(id);
    if (!symbolic) return this.outsideValue(id);
    if (symbolic.variable) symbolic.value ??= this.variableValue(symbolic.variable, symbolic);
    symbolic.value ??= this.graph.constant(symbolic.dtype, symbolic.shape, symbolic.host!);
    return symbolic.value;
  }

  private variableValue(variable: tf.Variable, { dtype, shape, version = 0 }: Symbolic): GraphValue {
    if (!this.residents.has(variable)) {
      const value = this.graph.placeholder(dtype, shape);
      this.variables.set(variable, value);
      return value;
    }
    const order = this.resources.ofVariable(variable);
    if (order.version !== version) throw new CannotRecordError(`it reads the value that ${variable.name} had before`);
    return this.resources.read(order, dtype, shape);
  }

  isResident(variable: tf.Variable): boolean {
    return this.residents.has(variable);
  }

  /** Tells the next recording which variables should be resident. */
  settle(): void {
    for (const variable of this.wanted) this.residents.add(variable);
  }

  /** Whether the resource of a resident variable holds what the variable now stands for. */
  private isInPlace(variable: tf.Variable): boolean {
    const now = this.symbolic.get(this.idOf(variable));
    return now?.variable === variable && (now.version ?? 0) === this.resources.ofVariable(variable).version;
  }

  /**
   * Writes the values that were assigned to resident variables. All of them are computed before the first is written.
   */
  storeAssigned(variables: tf.Variable[]): void {
    const pending = variables.filter((variable) => !this.isInPlace(variable));
    const values = pending.map((variable) => this.valueOf(this.idOf(variable)));
    pending.forEach((variable, i) => {
      this.resources.assign(this.resources.ofVariable(variable), values[i]!);
    });
  }

  /**
   * Adds an op of TensorFlow that changes `variables`, its first inputs, in place. These variables are resident from
   * then on: if one of them is not yet, this recording only goes on to find all such variables, and another recording
   * follows.
   */
  changeInPlace(op: string, attributes: OpAttribute[], variables: tf.Variable[], inputs: tf.Tensor[]): void {
    if (variables.some((variable) => !this.residents.has(variable))) {
      for (const variable of variables) this.wanted.add(variable);
      return;
    }
    this.storeAssigned(variables);
    const orders = variables.map((variable) => this.resources.ofVariable(variable));
    const values = inputs.map((input) => this.valueOf(this.idOf(input)));
    this.resources.write(orders, op, attributes, [...orders.map(({ handle }) => handle), ...values]);
    variables.forEach((variable, i) => {
      const { dtype } = this.backend.tensorMap.get(variable.dataId);
      const changed = this.tensor({ dtype, shape: variable.shape, variable, version: orders[i]!.version });
      variable.assign(changed);
      changed.dispose();
    });
  }

  /**
   * Prepares for an op that changes a resource through an alias of its memory: earlier reads are aliases too and must
   * come first.
   */
  beforeChange(handle: number): void {
    if (this.resources.ofHandle(handle)?.order.isRead)
      throw new CannotRecordError("it writes a buffer that it has read");
  }

  /** Makes later reads wait for `result`, which is what the changing op gave. */
  afterChange(handle: number, result: tf.Tensor): void {
    this.resources.hasChanged(handle, this.valueOf(this.idOf(result)).operation);
  }

  /** Gives a tensor's value again, as one that exists only once `dependency` does. */
  runAfter(tensor: tf.Tensor, dependency: tf.Tensor): tf.Tensor {
    const value = this.valueOf(this.idOf(tensor));
    const node = this.graph.add("Identity", [], [value.id], [this.valueOf(this.idOf(dependency)).operation]);
    return this.backend.createOutputTensor(this.handle(this.graph.single(node)));
  }

  private outsideValue(id: number): GraphValue {
    const resource = this.resources.ofHandle(id);
    if (resource) return resource.order.handle;
    const tensor = this.outside.get(id);
    if (!tensor) throw new CompileError(`it uses a tensor that is gone, at ${callSite()}`);
    let value = this.captured.get(id);
    if (!value) {
      value = this.graph.placeholder(tensor.data.dtype, tensor.data.shape);
      this.captured.set(id, value);
    }
    return value;
  }

  private execute(op: string, attributes: readonly OpAttribute[], inputs: readonly number[]): TensorHandle[] {
    const values = inputs.map((id) => this.valueOf(id));
    const first = values[0];
    if ((op === "ZerosLike" || op === "OnesLike") && first) {
      return [this.handle(this.filled(first, op === "ZerosLike" ? 0 : 1))];
    }
    const resource = inputs[0] === undefined ? undefined : this.resources.ofHandle(inputs[0]);
    if (resource && op === "ReadVariableOp") {
      const { dtype, shape } = resource.resource;
      return [this.handle(this.resources.read(resource.order, dtype, shape))];
    }
    if (resource) {
      this.resources.write([resource.order], op, attributes, values);
      return [];
    }
    if (op === "BatchMatMulV2") this.countProduct(attributes, values);
    if (op === "BatchMatMulV2" && values.every(({ shape }) => shape.length === 2)) {
      // TensorFlow's plain product of matrices has a faster kernel than the batched one.
      const names: Record<string, string> = { adj_x: "transpose_a", adj_y: "transpose_b" };
      attributes = attributes.map((attribute) => ({ ...attribute, name: names[attribute.name] ?? attribute.name }));
      op = "MatMul";
    }
    const ids = values.map(({ id }) => id);
    return this.graph.outputsOf(this.graph.add(op, attributes, ids), op).map((value) => this.handle(value));
  }

  private countProduct(attributes: readonly OpAttribute[], [a, b]: GraphValue[]): void {
    const isSet = (name: string) => attributes.some((attribute) => attribute.name === name && attribute.value === true);
    const [transposeA, transposeB] = [isSet("adj_x"), isSet("adj_y")];
    const [rows, columns] = a!.shape.slice(-2) as [number, number];
    const key = productKey({
      batch: a!.shape.slice(0, -2).reduce((product, dim) => product * dim, 1),
      m: transposeA ? columns : rows,
      k: transposeA ? rows : columns,
      n: b!.shape.at(transposeB ? -2 : -1)!,
      transposeA,
      transposeB,
    });
    this.products.set(key, (this.products.get(key) ?? 0) + 1);
  }

  private filled({ dtype, shape }: GraphValue, fill: 0 | 1): GraphValue {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const values =
      dtype === DataType.float32
        ? new Float32Array(size)
        : dtype === DataType.int32
          ? new Int32Array(size)
          : new Uint8Array(size);
    return this.graph.constant(dtype, shape, values.fill(fill));
  }

  private handle(value: GraphValue): TensorHandle {
    return { id: this.add({ ...value, value }), shape: value.shape, dtype: value.dtype };
  }

  private read(id: number): ArrayBufferView {
    const host = this.symbolic.get(id)?.host;
    if (host) return host;
    throw new CompileError(`it reads a tensor's value on the host, at ${callSite()}; values exist only when it runs`);
  }

  /** A tensor that outlives the recording has no value; used later it would be an unknown number to TensorFlow. */
  refuseKeptTensors(): void {
    if (this.symbolic.size === 0) return;
    const [kept] = this.symbolic.values();
    // With id −1, disposing these tensors later does not reach TensorFlow.
    for (const data of this.held.values()) data.id = -1;
    throw new CompileError(
      `it keeps ${this.symbolic.size} tensors beyond the call (one of shape [${kept!.shape}]); make or keep them outside`,
    );
  }

  /** The inputs besides the arguments, in a fixed order. */
  inputs() {
    const { byVariable, byHandle } = this.resources;
    const handles = [...byVariable.values(), ...Array.from(byHandle.values(), ({ order }) => order)];
    const values = [...this.captured.values(), ...this.variables.values(), ...handles.map(({ handle }) => handle)];
    return {
      ids: values.map(({ id }) => id),
      captured: Array.from(this.captured.keys(), (id) => this.outside.get(id)!.dataId),
      variables: [...this.variables.keys()],
      residents: [...byVariable.keys()],
      resources: [...byHandle.keys()],
    };
  }

  /** Operations that change resources, in the order of the calls. */
  effects(): number[] {
    return this.resources.effects;
  }
}
