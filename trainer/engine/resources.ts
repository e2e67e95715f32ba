import type { AttributeValue, NativeBackend, OpAttribute } from "./native-backend";

/** Memory in TensorFlow that ops change in place. The binding's number of its handle identifies it. */
export interface Resource {
  readonly handle: number;
  readonly dtype: number;
  readonly shape: readonly number[];
}

const byHandle = new Map<number, Resource>();
let made = 0;

/** Finds the resource of a handle; a recording meets only the handle's number. */
export const resourceOf = (handle: number): Resource | undefined => byHandle.get(handle);

/** Makes a new resource variable that has no value yet. */
export function createResource(backend: NativeBackend, dtype: number, shape: readonly number[]): Resource {
  const { TF_ATTR_TYPE, TF_ATTR_SHAPE, TF_ATTR_STRING } = backend.binding;
  const attribute = (name: string, type: number, value: AttributeValue): OpAttribute => ({ name, type, value });
  const [handle] = backend.binding.executeOp(
    "VarHandleOp",
    [
      attribute("dtype", TF_ATTR_TYPE, dtype),
      attribute("shape", TF_ATTR_SHAPE, shape),
      attribute("shared_name", TF_ATTR_STRING, `tuneloop-resource-${made++}`),
      attribute("container", TF_ATTR_STRING, ""),
    ],
    [],
    1,
  );
  const resource = { handle: handle!.id, dtype, shape };
  byHandle.set(resource.handle, resource);
  return resource;
}

export function destroyResource(backend: NativeBackend, { handle }: Resource): void {
  byHandle.delete(handle);
  backend.binding.executeOp("DestroyResourceOp", [], [handle], 0);
  backend.binding.deleteTensor(handle);
}
