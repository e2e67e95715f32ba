import * as tf from "@tensorflow/tfjs";
import { activeRecording } from "./compiler/recording";

/**
 * The tensor itself, as something that is there only when `dependency` is. In a compiled function, what is computed from
 * it again is computed again (and late), where TensorFlow would else find that it has the same thing already and keep
 * it: recomputation in a backward pass needs this on its inputs. Has no gradient.
 */
export function runAfter<T extends tf.Tensor>(tensor: T, dependency: tf.Tensor): T {
  const recording = activeRecording();
  return (recording ? recording.runAfter(tensor, dependency) : tf.clone(tensor)) as T;
}
