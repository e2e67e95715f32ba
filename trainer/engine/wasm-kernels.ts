import * as tf from "@tensorflow/tfjs";

/** The parts that the plain-JavaScript and the WebAssembly backend both offer. */
interface HostBackend {
  write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object;
  readSync(dataId: object): tf.BackendValues;
  disposeData(dataId: object, force?: boolean): boolean;
  firstUse?: boolean;
}

type Inputs = tf.TensorInfo | tf.TensorInfo[] | null | undefined;

/**
 * Borrows from tfjs's plain-JavaScript backend the kernels that gradients need and the WebAssembly backend lacks
 * (`UnsortedSegmentSum` for an embedding, `Erf` …). They are slower, but a run on the last resort works.
 */
export function registerMissingWasmKernels(): void {
  const present = new Set(tf.getKernelsForBackend("wasm").map((kernel) => kernel.kernelName));
  const cpu = tf.findBackend("cpu") as unknown as HostBackend;
  // Without this the plain-JavaScript backend's first op would print a hint to install tfjs-node.
  cpu.firstUse = false;
  for (const kernel of tf.getKernelsForBackend("cpu")) {
    if (present.has(kernel.kernelName)) continue;
    tf.registerKernel({
      kernelName: kernel.kernelName,
      backendName: "wasm",
      kernelFunc: ({ inputs, attrs, backend }) =>
        runOnHost(kernel.kernelFunc, inputs, attrs, backend as unknown as HostBackend, cpu),
    });
  }
}

function runOnHost(
  kernelFunc: tf.KernelFunc,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap | undefined,
  wasm: HostBackend,
  cpu: HostBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  const copies: object[] = [];
  const copy = (tensor: tf.TensorInfo): tf.TensorInfo => {
    const dataId = cpu.write(wasm.readSync(tensor.dataId), tensor.shape, tensor.dtype);
    copies.push(dataId);
    return { dataId, shape: tensor.shape, dtype: tensor.dtype };
  };
  const copied: Record<string, Inputs> = {};
  for (const [name, value] of Object.entries(inputs as Record<string, Inputs>)) {
    copied[name] = Array.isArray(value) ? value.map(copy) : value ? copy(value) : value;
  }
  const result = kernelFunc({
    inputs: copied as tf.NamedTensorInfoMap,
    backend: cpu,
    ...(attrs && { attrs }),
  });
  const back = ({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo => {
    const values = cpu.readSync(dataId);
    copies.push(dataId);
    return { dataId: wasm.write(values, shape, dtype), shape, dtype };
  };
  const outputs = Array.isArray(result) ? result.map(back) : back(result);
  for (const dataId of copies) cpu.disposeData(dataId, true);
  return outputs;
}
