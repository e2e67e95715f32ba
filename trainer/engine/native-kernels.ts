import * as tf from "@tensorflow/tfjs";
import { dataTypeOf, type NativeBackend } from "./native-backend";

/**
 * Replaces tfjs-node's GatherV2, which reads the indices back to the host to check their range: a copy for every
 * embedding, and impossible while a step is recorded. TensorFlow checks the range itself (on the CPU).
 */
export function registerNativeKernels(): void {
  tf.unregisterKernel("GatherV2", "tensorflow");
  tf.registerKernel({
    kernelName: "GatherV2",
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const native = backend as NativeBackend;
      const { x, indices } = inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
      const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
      const { TF_ATTR_INT, TF_ATTR_TYPE } = native.binding;
      const axisTensor = tf.scalar(axis, "int32");
      const result = native.executeSingleOutput(
        "GatherV2",
        [
          { name: "batch_dims", type: TF_ATTR_INT, value: batchDims },
          { name: "Tparams", type: TF_ATTR_TYPE, value: dataTypeOf(x.dtype) },
          { name: "Tindices", type: TF_ATTR_TYPE, value: dataTypeOf(indices.dtype) },
          { name: "Taxis", type: TF_ATTR_TYPE, value: dataTypeOf("int32") },
        ],
        [x, indices, axisTensor],
      );
      axisTensor.dispose();
      return result;
    },
  });
}
