import type * as tf from "@tensorflow/tfjs";
import { DataType, type NativeBinding, type OpAttribute } from "../native-backend";
import { type Resource, resourceOf } from "../resources";
import type { Graph, GraphValue } from "./graph";
import { OrderedResource } from "./ordered-resource";

/** The memory that a graph changes in place: in-place buffers, by handle, and resident variables. */
export class RecordedResources {
  readonly byHandle = new Map<number, { resource: Resource; order: OrderedResource }>();
  readonly byVariable = new Map<tf.Variable, OrderedResource>();
  /** Operations that change a resource, in the order of the calls. */
  readonly effects: number[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly binding: NativeBinding,
  ) {}

  ofHandle(handle: number) {
    const known = this.byHandle.get(handle);
    const resource = resourceOf(handle);
    if (known || !resource) return known;
    const added = { resource, order: this.create() };
    this.byHandle.set(handle, added);
    return added;
  }

  ofVariable(variable: tf.Variable): OrderedResource {
    let order = this.byVariable.get(variable);
    if (!order) {
      order = this.create();
      this.byVariable.set(variable, order);
    }
    return order;
  }

  private create(): OrderedResource {
    return new OrderedResource(this.graph.placeholder(DataType.resource, []));
  }

  read(order: OrderedResource, dtype: number, shape: readonly number[]): GraphValue {
    const node = this.graph.add("ReadVariableOp", [this.type("dtype", dtype)], [order.handle.id], order.beforeRead());
    order.hasRead(node.operation);
    // The shape has to be stated, because a handle that comes as an argument carries none.
    const attribute = this.graph.attribute("shape", this.binding.TF_ATTR_SHAPE, shape);
    return this.graph.single(this.graph.add("EnsureShape", [attribute], [node.outputs[0]!.id]));
  }

  assign(order: OrderedResource, value: GraphValue): void {
    this.write([order], "AssignVariableOp", [this.type("dtype", value.dtype)], [order.handle, value]);
  }

  /** Adds an op that changes the resources of `orders`; `inputs` are all its inputs, handles included. */
  write(
    orders: OrderedResource[],
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphValue[],
  ): void {
    const ids = inputs.map(({ id }) => id);
    const before = new Set(orders.flatMap((order) => order.beforeWrite()));
    const { operation } = this.graph.add(op, attributes, ids, [...before]);
    for (const order of orders) order.hasWritten(operation);
    this.effects.push(operation);
  }

  hasChanged(handle: number, operation: number): void {
    this.ofHandle(handle)?.order.hasWritten(operation);
    if (!this.effects.includes(operation)) this.effects.push(operation); // one operation may change several
  }

  private type(name: string, dtype: number): OpAttribute {
    return this.graph.attribute(name, this.binding.TF_ATTR_TYPE, dtype);
  }
}
