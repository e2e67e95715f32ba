import os from "node:os";
import path from "node:path";

/**
 * The user's cache folder, which holds TensorFlow's libraries, compiled bindings and base models.
 * `scripts/tensorflow.mjs` computes this path on its own and must agree.
 */
export function cacheFolder(): string {
  return process.env.TUNELOOP_CACHE || path.join(os.homedir(), ".cache", "tuneloop");
}
