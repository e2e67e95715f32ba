import os from "node:os";
import path from "node:path";

/** The user's cache: TensorFlow's libraries, compiled bindings and base models. `scripts/tensorflow.mjs` says the same. */
export function cacheFolder(): string {
  return process.env.TUNELOOP_CACHE || path.join(os.homedir(), ".cache", "tuneloop");
}
