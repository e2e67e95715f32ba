import { createHash } from "node:crypto";
import type {
  AttributeValue,
  GraphBinding,
  GraphOperation,
  NativeBinding,
  NativeGraph,
  OpAttribute,
} from "../native-backend";
import { callSite } from "./call-site";
import { CannotRecordError, CompileError, tensorflowMessage } from "./errors";

/** An output of an operation of the graph. */
export interface GraphValue {
  readonly id: number;
  /** The operation that makes this value; control edges refer to it. */
  readonly operation: number;
  readonly dtype: number;
  readonly shape: number[];
}

/** Constants with at least this many equal elements are written as one value: gradients of sums are made of ones. */
const FILL_SIZE = 16;

/** How many inputs follow the list of tensors that these ops take first. All other ops take single tensors. */
const INPUTS_AFTER_LIST: Record<string, number> = { AddN: 0, Pack: 0, ConcatV2: 1, Einsum: 0 };

/** A TensorFlow graph under construction. TensorFlow checks and infers types and shapes as each operation is added. */
export class Graph {
  private readonly native: NativeGraph;
  private readonly constants = new Map<string, GraphValue>();
  private readonly callSites = new Map<string, string>();
  private size = 0;

  /**
   * `noteCallSites` makes the graph remember which line of JavaScript made each operation. It is slow, and serves to
   * explain an error.
   */
  constructor(
    private readonly binding: NativeBinding & GraphBinding,
    private readonly noteCallSites: boolean,
  ) {
    this.native = binding.createGraph();
  }

  placeholder(dtype: number, shape: readonly number[]): GraphValue {
    const { TF_ATTR_TYPE, TF_ATTR_SHAPE } = this.binding;
    const attributes = [this.attribute("dtype", TF_ATTR_TYPE, dtype), this.attribute("shape", TF_ATTR_SHAPE, shape)];
    return this.single(this.add("Placeholder", attributes, []));
  }

  /** Adds a constant; equal constants become one node. */
  constant(dtype: number, shape: readonly number[], values: ArrayBufferView & ArrayLike<number>): GraphValue {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const content = bytes.length > 64 ? createHash("sha1").update(bytes).digest("hex") : bytes.join(",");
    const key = `${dtype}|${shape}|${content}`;
    let value = this.constants.get(key);
    if (!value) {
      const uniform = values.length >= FILL_SIZE && isUniform(values);
      value = uniform
        ? this.fill(dtype, shape, values)
        : this.single(this.binding.addConstant(this.native, this.name("Const"), dtype, shape, values));
      this.constants.set(key, value);
    }
    return value;
  }

  private fill(dtype: number, shape: readonly number[], values: ArrayBufferView & ArrayLike<number>): GraphValue {
    const one =
      values instanceof Float32Array
        ? values.slice(0, 1)
        : values instanceof Int32Array
          ? values.slice(0, 1)
          : Uint8Array.of(values[0]!);
    const dims = this.constant(INT32, [shape.length], Int32Array.from(shape));
    return this.single(this.add("Fill", [], [dims.id, this.constant(dtype, [], one).id]));
  }

  /**
   * Adds an operation. `controls` are operations that must have run before it. Throws TensorFlow's error where the
   * inputs do not fit.
   */
  add(op: string, attributes: readonly OpAttribute[], inputs: readonly number[], controls: readonly number[] = []) {
    const after = INPUTS_AFTER_LIST[op];
    const listLength = after === undefined ? 0 : inputs.length - after;
    const name = this.name(op);
    if (this.noteCallSites) this.callSites.set(name, callSite());
    try {
      return this.binding.addOperation(this.native, op, name, attributes, inputs, listLength, controls);
    } catch (error) {
      const message = tensorflowMessage(error);
      if (/Op type not registered|expected list|NodeDef mentions attr/.test(message)) {
        throw new CannotRecordError(`TensorFlow does not take ${op} into a graph`, { cause: error });
      }
      throw new CompileError(`${message}, at ${callSite()}`, { cause: error });
    }
  }

  /** Refuses outputs without a static shape, because whatever is recorded next is built on their shapes. */
  outputsOf({ operation, outputs }: GraphOperation, op: string): GraphValue[] {
    return outputs.map(({ id, dtype, shape }) => {
      if (!shape || shape.includes(-1))
        throw new CannotRecordError(`the shape of ${op}'s result depends on its values`);
      return { id, operation, dtype, shape };
    });
  }

  single(operation: GraphOperation): GraphValue {
    return this.outputsOf(operation, "an operation")[0]!;
  }

  attribute(name: string, type: number, value: AttributeValue): OpAttribute {
    return { name, type, value };
  }

  /** Makes the graph a function that `executeOp` runs by its name; `controls` are operations that run in any case. */
  register(name: string, inputs: readonly number[], outputs: readonly number[], controls: readonly number[]): void {
    this.binding.addFunction(this.native, name, inputs, outputs, controls);
  }

  /** Finds the line of JavaScript that made an operation, by the operation's name in TensorFlow's message. */
  callSiteOf(message: string): string | undefined {
    for (const [, name] of message.matchAll(/\{\{node ([^}]+)\}\}/g)) {
      const site = this.callSites.get(name!.split("/").at(-1)!);
      if (site) return site;
    }
    return undefined;
  }

  private name(op: string): string {
    return `${op}_${this.size++}`;
  }
}

const INT32 = 3;

function isUniform(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], values[0])) return false;
  return true;
}
