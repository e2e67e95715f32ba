import * as tf from "@tensorflow/tfjs";
import { sparseCrossEntropy } from "./sparse-cross-entropy";

/** Rows of logits that exist at one time: 512 × 49,152 floats are 100 MB. */
const CHUNK = 512;

/**
 * log softmax(h·Eᵀ)[target] for rows h [n, hidden] and the head E [vocabulary, hidden]: [n].
 * The unit gradient with respect to each row, onehot·E − softmax·E, is formed in the forward pass, so that no logits
 * live until the backward pass. Where E trains, its gradient is computed from logits made anew, chunk by chunk.
 */
export function headLogProbs(h: tf.Tensor2D, head: tf.Tensor2D | tf.Variable, targets: tf.Tensor1D): tf.Tensor1D {
  const rows = h.shape[0];
  if (rows <= CHUNK) return chunkLogProbs(h, head, targets);
  const parts: tf.Tensor1D[] = [];
  for (let start = 0; start < rows; start += CHUNK) {
    const size = Math.min(CHUNK, rows - start);
    parts.push(chunkLogProbs(tf.slice(h, [start, 0], [size, -1]), head, tf.slice(targets, [start], [size])));
  }
  return tf.concat(parts);
}

function chunkLogProbs(h: tf.Tensor2D, head: tf.Tensor2D | tf.Variable, targets: tf.Tensor1D): tf.Tensor1D {
  const trains = head instanceof tf.Variable && head.trainable;
  const logProbs = tf.customGrad((...inputs) => {
    const [h, head, targets, save] = inputs as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc];
    const { loss, gradient } = sparseCrossEntropy(tf.matMul(h, head, false, true), targets);
    const unit = tf.matMul(gradient, head); // [n, hidden], gradient of the negative log-probability
    save([unit, h, head, targets]);
    const gradFunc = (dy: tf.Tensor1D, saved: tf.Tensor[]) => {
      const [unit, h, head, targets] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      const weight = tf.neg(tf.expandDims(dy, 1)) as tf.Tensor2D; // [n, 1]
      const dh = tf.mul(weight, unit);
      if (!trains) return [dh, head, targets];
      const again = sparseCrossEntropy(tf.matMul(h, head, false, true), targets).gradient;
      return [dh, tf.matMul(again, tf.mul(weight, h), true, false), targets];
    };
    return { value: tf.neg(loss) as tf.Tensor1D, gradFunc };
  });
  return logProbs(h, head as tf.Tensor, targets) as tf.Tensor1D;
}
