import * as tf from "@tensorflow/tfjs";
import { nativeBackend } from "../engine/native-backend";

/** The most memory that this process has held, in MB (10⁶ bytes). Node reports it in KiB on Linux and macOS. */
export const peakMemory = () => (process.resourceUsage().maxRSS * 1024) / 1e6;

export const ownVersions = () =>
  [
    `TensorFlow.js ${tf.version.tfjs}`,
    ...(nativeBackend() ? [`TensorFlow ${nativeBackend()!.binding.TF_Version}`] : []),
  ].join(", ");
