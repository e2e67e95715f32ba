import * as tf from "@tensorflow/tfjs";
import { activeRecording } from "./compiler/recording";

/**
 * Gives the tensor itself, as something that exists only once `dependency` does. In a compiled function, whatever is
 * computed from it is computed again (and late); otherwise TensorFlow would find that it has the result already and
 * keep it. Recomputation in a backward pass needs this on its inputs. Has no gradient.
 */
export function runAfter<T extends tf.Tensor>(tensor: T, dependency: tf.Tensor): T {
  const recording = activeRecording();
  return (recording ? recording.runAfter(tensor, dependency) : tf.clone(tensor)) as T;
}
