import * as tf from "@tensorflow/tfjs";
import { activeRecording } from "./compiler/recording";
import { DataType, nativeBackend } from "./native-backend";

export interface FusedAdamSettings {
  beta1: number;
  beta2: number;
  /** The step size with both bias corrections in it: w ← w − learningRate · m / (√v + epsilon). */
  learningRate: tf.Tensor;
  epsilon: tf.Tensor;
}

/** Changes a variable and its two moments. */
export type FusedAdamUpdate = (
  variable: tf.Variable,
  first: tf.Variable,
  second: tf.Variable,
  gradient: tf.Tensor,
) => void;

/**
 * Gives TensorFlow's in-place Adam, which needs one pass over memory and no temporaries. Gives null where nothing is
 * recorded: there a function runs op by op, and the caller computes the update itself.
 */
export function fusedAdam({ beta1, beta2, learningRate, epsilon }: FusedAdamSettings): FusedAdamUpdate | null {
  const recording = activeRecording();
  const backend = nativeBackend();
  if (!recording || !backend) return null;
  const type = { name: "T", type: backend.binding.TF_ATTR_TYPE, value: DataType.float32 };
  // TensorFlow's op computes 1 − β in float32, which leaves five digits for β₂ = 0.999. m and v therefore come out
  // multiplied by constants, which the learning rate and ε take back.
  const [firstFactor, secondFactor] = [roundedComplement(beta1), Math.sqrt(roundedComplement(beta2))];
  const noCorrection = tf.scalar(0); // the op's own bias correction, 1 − 0
  const inputs = [
    noCorrection,
    noCorrection,
    tf.mul(learningRate, secondFactor / firstFactor),
    tf.scalar(beta1),
    tf.scalar(beta2),
    tf.mul(epsilon, secondFactor),
  ];
  return (variable, first, second, gradient) =>
    recording.changeInPlace("ResourceApplyAdam", [type], [variable, first, second], [...inputs, gradient]);
}

/** (1 − β) as float32 gives it, divided by its exact value. */
const roundedComplement = (beta: number) => Math.fround(1 - Math.fround(beta)) / (1 - beta);
