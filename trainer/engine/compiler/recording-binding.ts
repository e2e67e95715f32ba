import type * as tf from "@tensorflow/tfjs";
import {
  DataType,
  type GraphBinding,
  type GraphOperation,
  type NativeBackend,
  type NativeBinding,
  type OpAttribute,
  type TensorData,
  type TensorHandle,
} from "../native-backend";
import { type Resource, resourceOf } from "../resources";
import { callSite } from "./call-site";
import { CannotRecordError, CompileError } from "./errors";
import type { Graph, GraphValue } from "./graph";

/** Numbers of tensors without values; the binding counts its own up from 0. */
const FIRST_SYMBOLIC = 2 ** 30;

type HostValues = ArrayBufferView & ArrayLike<number>;

/** What stands behind a number: a value of the graph, values of the host not yet in the graph, or a variable not yet read. */
interface Symbolic {
  dtype: number;
  shape: number[];
  value?: GraphValue;
  host?: HostValues;
  variable?: tf.Variable;
}

/** Order of the ops on one resource: a read follows the last write, a write follows that and all reads since. */
interface ResourceState {
  resource: Resource;
  handle: GraphValue;
  lastWrite: number | null;
  readsSince: number[];
}

/** Takes the place of tfjs-node's binding while a function is recorded. */
export class RecordingBinding {
  private readonly symbolic = new Map<number, Symbolic>();
  /** What tfjs-node holds of each tensor without a value. */
  private readonly held = new Map<number, TensorData>();
  /** Tensors made during the recording from values of JavaScript. */
  private readonly inside = new WeakSet<object>();
  private readonly outside = new Map<number, { dataId: object; data: TensorData }>();
  private readonly captured = new Map<number, GraphValue>();
  private readonly variables = new Map<tf.Variable, GraphValue>();
  private readonly residents = new Map<tf.Variable, { handle: GraphValue; read?: GraphOperation }>();
  private readonly resources = new Map<number, ResourceState>();
  private readonly effectsInOrder: number[] = [];
  private next = FIRST_SYMBOLIC;

  constructor(
    private readonly graph: Graph,
    private readonly native: NativeBinding & GraphBinding,
    private readonly backend: NativeBackend,
    private readonly isResident: (variable: tf.Variable) => boolean,
  ) {}

  /** Puts itself between tfjs-node and TensorFlow; returns what takes it away again. */
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
      // Own properties that hid the methods of the class.
      Reflect.deleteProperty(backend, "getInputTensorIds");
      Reflect.deleteProperty(backend, "move");
      Reflect.deleteProperty(backend, "createOutputTensor");
    };
  }

  /** A new argument of the function. */
  placeholder(dtype: number, shape: number[]): { value: GraphValue; tensor: tf.Tensor } {
    const value = this.graph.placeholder(dtype, shape);
    return { value, tensor: this.tensor({ dtype, shape, value }) };
  }

  /** What stands for a variable's value; becomes an input of the function where it is read. */
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

  /** The number of a tensor. Values of the host that wait are taken over: into the graph if they were made inside. */
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

  /** The graph's value for a number, made an input or a constant of the graph at its first use. */
  valueOf(id: number): GraphValue {
    const symbolic = this.symbolic.get(id);
    if (!symbolic) return this.outsideValue(id);
    if (symbolic.variable) symbolic.value ??= this.variableValue(symbolic.variable, symbolic);
    symbolic.value ??= this.graph.constant(symbolic.dtype, symbolic.shape, symbolic.host!);
    return symbolic.value;
  }

  private variableValue(variable: tf.Variable, { dtype, shape }: Symbolic): GraphValue {
    if (!this.isResident(variable)) {
      const value = this.graph.placeholder(dtype, shape);
      this.variables.set(variable, value);
      return value;
    }
    const resident = this.resident(variable);
    const type = this.graph.attribute("dtype", this.native.TF_ATTR_TYPE, dtype);
    resident.read = this.graph.add("ReadVariableOp", [type], [resident.handle.id]);
    return this.shaped(resident.read, shape);
  }

  private resident(variable: tf.Variable): { handle: GraphValue; read?: GraphOperation } {
    let resident = this.residents.get(variable);
    if (!resident) {
      resident = { handle: this.graph.placeholder(DataType.resource, []) };
      this.residents.set(variable, resident);
    }
    return resident;
  }

  /** A resource's handle that comes as an argument says nothing of its shape. */
  private shaped({ outputs }: GraphOperation, shape: readonly number[]): GraphValue {
    const attribute = this.graph.attribute("shape", this.native.TF_ATTR_SHAPE, shape);
    return this.graph.single(this.graph.add("EnsureShape", [attribute], [outputs[0]!.id]));
  }

  /** The new value of a resident variable takes the place of the old one inside the graph. */
  assignResident(variable: tf.Variable, value: GraphValue): void {
    const { handle, read } = this.resident(variable);
    const type = this.graph.attribute("dtype", this.native.TF_ATTR_TYPE, value.dtype);
    const after = read ? [read.operation] : [];
    this.effectsInOrder.push(this.graph.add("AssignVariableOp", [type], [handle.id, value.id], after).operation);
  }

  /** The same value, made only when `dependency` is there. */
  runAfter(tensor: tf.Tensor, dependency: tf.Tensor): tf.Tensor {
    const value = this.valueOf(this.idOf(tensor));
    const node = this.graph.add("Identity", [], [value.id], [this.valueOf(this.idOf(dependency)).operation]);
    return this.backend.createOutputTensor(this.handle(this.graph.single(node)));
  }

  private outsideValue(id: number): GraphValue {
    const resource = this.resourceState(id);
    if (resource) return resource.handle;
    const tensor = this.outside.get(id);
    if (!tensor) throw new CompileError(`it uses a tensor that is gone, at ${callSite()}`);
    let value = this.captured.get(id);
    if (!value) {
      value = this.graph.placeholder(tensor.data.dtype, tensor.data.shape);
      this.captured.set(id, value);
    }
    return value;
  }

  private resourceState(id: number): ResourceState | undefined {
    const known = this.resources.get(id);
    const resource = resourceOf(id);
    if (known || !resource) return known;
    const handle = this.graph.placeholder(DataType.resource, []);
    const state = { resource, handle, lastWrite: null, readsSince: [] };
    this.resources.set(id, state);
    return state;
  }

  private execute(op: string, attributes: readonly OpAttribute[], inputs: readonly number[]): TensorHandle[] {
    const values = inputs.map((id) => this.valueOf(id));
    const first = values[0];
    if ((op === "ZerosLike" || op === "OnesLike") && first) {
      return [this.handle(this.filled(first, op === "ZerosLike" ? 0 : 1))];
    }
    const state = inputs[0] === undefined ? undefined : this.resources.get(inputs[0]);
    if (state) return this.executeOnResource(state, op, attributes, values);
    if (op === "BatchMatMulV2" && values.every(({ shape }) => shape.length === 2)) {
      // The plain product of matrices has the faster kernel.
      const names: Record<string, string> = { adj_x: "transpose_a", adj_y: "transpose_b" };
      attributes = attributes.map((attribute) => ({ ...attribute, name: names[attribute.name] ?? attribute.name }));
      op = "MatMul";
    }
    const node = this.addNode(op, attributes, values);
    return this.graph.outputsOf(node, op).map((value) => this.handle(value));
  }

  private executeOnResource(
    state: ResourceState,
    op: string,
    attributes: readonly OpAttribute[],
    values: GraphValue[],
  ): TensorHandle[] {
    const after = state.lastWrite === null ? [] : [state.lastWrite];
    if (op !== "ReadVariableOp") {
      const node = this.addNode(op, attributes, values, [...after, ...state.readsSince]);
      state.lastWrite = node.operation;
      state.readsSince = [];
      this.effectsInOrder.push(node.operation);
      return [];
    }
    const node = this.addNode(op, attributes, values, after);
    state.readsSince.push(node.operation);
    return [this.handle(this.shaped(node, state.resource.shape))];
  }

  private addNode(
    op: string,
    attributes: readonly OpAttribute[],
    values: readonly GraphValue[],
    controls: readonly number[] = [],
  ) {
    try {
      const ids = values.map(({ id }) => id);
      return this.graph.add(op, attributes, ids, controls);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (/Op type not registered|expected list|NodeDef mentions attr/.test(message)) {
        throw new CannotRecordError(`TensorFlow does not take ${op} into a graph`, { cause: error });
      }
      throw new CompileError(`${tensorflowMessage(message)}, at ${callSite()}`, { cause: error });
    }
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
    // So that disposing them later does not reach TensorFlow.
    for (const data of this.held.values()) data.id = -1;
    throw new CompileError(
      `it keeps ${this.symbolic.size} tensors beyond the call (one of shape [${kept!.shape}]); make or keep them outside`,
    );
  }

  /** The inputs besides the arguments, in one order. */
  inputs() {
    const captured = [...this.captured];
    const residents = [...this.residents];
    const resources = [...this.resources];
    return {
      ids: [
        ...captured.map(([, value]) => value.id),
        ...Array.from(this.variables.values(), (value) => value.id),
        ...residents.map(([, { handle }]) => handle.id),
        ...resources.map(([, state]) => state.handle.id),
      ],
      captured: captured.map(([id]) => this.outside.get(id)!.dataId),
      variables: [...this.variables.keys()],
      residents: residents.map(([variable]) => variable),
      resources: resources.map(([id]) => id),
    };
  }

  /** Operations that change resources, in order. */
  effects(): number[] {
    return this.effectsInOrder;
  }
}

/** TensorFlow's message without the binding's preamble and its dump of the node. */
export function tensorflowMessage(message: string): string {
  return message
    .replace(/^Invalid TF_Status: \d+\s*Message: /, "")
    .replace(/\{\{function_node [^}]*\}\} ?/g, "")
    .replace(/ for '\{\{node.*$/s, "");
}
