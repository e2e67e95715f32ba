import type * as tf from "@tensorflow/tfjs";
import type { NativeBackend, NativeBinding } from "./native-backend";
import { createResource, destroyResource, type Resource } from "./resources";

/**
 * Large variables that a compiled function assigns live in a resource of TensorFlow, so that the new value takes the
 * place of the old one inside the graph. If the new values were outputs, a whole model's new weights and moments would
 * stand beside the old ones. To tfjs they stay ordinary variables. The resource belongs to the variable's present data:
 * its tensor is read out of the resource when someone asks for it, and the resource goes when the data goes (`assign`,
 * `dispose`).
 */
interface Residence {
  resource: Resource;
  /** The number of the tensor that was read out since the last run, or −1. */
  readOut: number;
}

const residences = new WeakMap<object, Residence>();
const watched = new WeakSet<NativeBackend>();

/** The handle through which the next run changes a variable. Clones that hold its present value keep that value. */
export function handleOfResident(backend: NativeBackend, variable: tf.Variable): number {
  const present = residences.get(variable.dataId);
  const alone = present && backend.tensorMap.get(variable.dataId).refCount === 1;
  const residence = alone ? present : moveIn(backend, variable);
  // A tensor that was read out shares the memory that the run is about to free.
  if (residence.readOut >= 0) backend.binding.deleteTensor(residence.readOut);
  residence.readOut = -1;
  return residence.resource.handle;
}

function moveIn(backend: NativeBackend, variable: tf.Variable): Residence {
  watchDisposals(backend);
  const native = backend.binding;
  const { dtype } = backend.tensorMap.get(variable.dataId);
  const type = { name: "dtype", type: native.TF_ATTR_TYPE, value: dtype };
  const resource = createResource(backend, dtype, variable.shape);
  native.executeOp("AssignVariableOp", [type], [resource.handle, ...backend.getInputTensorIds([variable])], 0);
  const residence: Residence = { resource, readOut: -1 };
  const tensor = backend.createOutputTensor({ id: -1, shape: variable.shape, dtype });
  Object.defineProperty(backend.tensorMap.get(tensor.dataId), "id", { get: () => readOut(native, residence) });
  residences.set(tensor.dataId, residence);
  variable.assign(tensor);
  tensor.dispose();
  return residence;
}

function readOut(native: NativeBinding, residence: Residence): number {
  if (residence.readOut < 0) {
    const { handle, dtype } = residence.resource;
    const type = { name: "dtype", type: native.TF_ATTR_TYPE, value: dtype };
    residence.readOut = native.executeOp("ReadVariableOp", [type], [handle], 1)[0]!.id;
  }
  return residence.readOut;
}

/** Frees a resource when the data that it backs is disposed. */
function watchDisposals(backend: NativeBackend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const { disposeData } = backend;
  backend.disposeData = (dataId, force) => {
    const gone = disposeData.call(backend, dataId, force);
    const residence = residences.get(dataId);
    if (residence && !backend.tensorMap.has(dataId)) {
      residences.delete(dataId);
      destroyResource(backend, residence.resource);
    }
    return gone;
  };
}

/** Tells tests whether TensorFlow holds the variable's present value. */
export const isResident = (variable: tf.Variable): boolean => residences.has(variable.dataId);
