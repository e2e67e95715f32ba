import * as tf from "@tensorflow/tfjs";
import { DataType, nativeBackend } from "../engine/native-backend";

/**
 * −log softmax(logits)[target] and its gradient softmax(logits) − onehot(target), in one pass where TensorFlow runs.
 * logits [n, vocabulary], targets [n] int32 → loss [n], gradient [n, vocabulary]. Not differentiable itself.
 */
export function sparseCrossEntropy(
  logits: tf.Tensor2D,
  targets: tf.Tensor1D,
): { loss: tf.Tensor1D; gradient: tf.Tensor2D } {
  const backend = nativeBackend();
  if (backend) {
    const type = backend.binding.TF_ATTR_TYPE;
    const attributes = [
      { name: "T", type, value: DataType.float32 },
      { name: "Tlabels", type, value: DataType.int32 },
    ];
    const operation = "SparseSoftmaxCrossEntropyWithLogits";
    const [loss, gradient] = backend.executeMultipleOutputs(operation, attributes, [logits, targets], 2);
    return { loss: loss as tf.Tensor1D, gradient: gradient as tf.Tensor2D };
  }
  const logProbs = tf.logSoftmax(logits);
  const chosen = tf.cast(tf.oneHot(targets, logits.shape[1]), "float32") as tf.Tensor2D;
  return {
    loss: tf.neg(tf.sum(tf.mul(logProbs, chosen), 1)) as tf.Tensor1D,
    gradient: tf.sub(tf.exp(logProbs), chosen),
  };
}
