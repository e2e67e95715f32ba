import { createRequire } from "node:module";
import os from "node:os";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import { canBuildGraphs, nativeBackend } from "./native-backend";
import { registerNativeKernels } from "./native-kernels";
import { registerMissingWasmKernels } from "./wasm-kernels";

/**
 * The engine that computes: TensorFlow on a graphics card, TensorFlow on the processor, tfjs-node's stock TensorFlow
 * 2.9, or WebAssembly.
 */
export type BackendKind = "gpu" | "cpu" | "stock" | "wasm";

export interface Backend {
  kind: BackendKind;
  tfjsVersion: string;
  /** The version is null on WebAssembly. */
  tensorflowVersion: string | null;
  threads: number;
  /** Whether `compile` can run a function as one graph; without that, functions run op by op. */
  canCompile: boolean;
  /** Says why a slower backend than this machine allows is in use, and what to do about it. */
  note?: string;
}

export interface BackendOptions {
  /** `"wasm"` leaves TensorFlow out (also `TUNELOOP_BACKEND=wasm`). */
  prefer?: "native" | "wasm";
}

const require = createRequire(import.meta.url);
let loading: Promise<Backend> | null = null;

/**
 * Loads the fastest backend of this machine, once for the process; later calls get the same one, whatever their options.
 * Throws a DomainError `unavailable` where not even WebAssembly loads.
 */
export function loadBackend(options: BackendOptions = {}): Promise<Backend> {
  loading ??= load(options.prefer ?? (process.env.TUNELOOP_BACKEND === "wasm" ? "wasm" : "native"));
  return loading;
}

async function load(prefer: "native" | "wasm"): Promise<Backend> {
  if (prefer === "wasm") return loadWasm();
  try {
    return loadNative();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return loadWasm(`TensorFlow is not set up (${reason}). Run: npm run setup`);
  }
}

function loadNative(): Backend {
  // TensorFlow reads these variables when its library is loaded. Its start-up chatter is not for users
  // (native/quiet_start.cc silences what the variables can't); its errors are.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  // TensorFlow runs one operation at a time, on all threads. Two operations side by side, each cut into as many pieces
  // as there are cores, wait for each other's pieces; one after the other, a training step takes a fifth less time and
  // its order is fixed.
  process.env.TF_NUM_INTEROP_THREADS ??= "1";
  if (process.env.TUNELOOP_THREADS) process.env.TF_NUM_INTRAOP_THREADS ??= process.env.TUNELOOP_THREADS;
  restoreRemovedNodeFunctions();
  require("@tensorflow/tfjs-node");
  const backend = nativeBackend();
  if (!backend) throw new Error("tfjs-node registered no backend");
  registerNativeKernels();
  const { binding } = backend;
  const ours = canBuildGraphs(binding);
  return {
    kind: binding.isUsingGpuDevice() ? "gpu" : ours ? "cpu" : "stock",
    tfjsVersion: tf.version.tfjs,
    tensorflowVersion: binding.TF_Version,
    threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || os.availableParallelism(),
    canCompile: ours,
    ...(!ours && { note: "tfjs-node's stock TensorFlow: steps are not compiled. Run: npm run setup" }),
  };
}

async function loadWasm(note?: string): Promise<Backend> {
  try {
    require("@tensorflow/tfjs-backend-wasm");
    if (!(await tf.setBackend("wasm"))) throw new Error("the WebAssembly backend did not start");
  } catch (error) {
    throw new DomainError(
      "engine-unavailable",
      `no tfjs backend loads: ${error}`,
      "No backend of TensorFlow.js loads on this machine. Run: npm run setup",
      error,
    );
  }
  registerMissingWasmKernels();
  return {
    kind: "wasm",
    tfjsVersion: tf.version.tfjs,
    tensorflowVersion: null,
    threads: 1,
    canCompile: false,
    ...(note && { note }),
  };
}

/** tfjs-node 4.22 calls functions of `node:util` that Node 22 warns about and Node 23 removed. */
function restoreRemovedNodeFunctions(): void {
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
}

/** Tells a person in one line what computes, and what could be better. */
export function describeBackend(backend: Backend): string {
  const name = {
    gpu: `TensorFlow ${backend.tensorflowVersion} on the GPU`,
    cpu: `TensorFlow ${backend.tensorflowVersion} on ${backend.threads} CPU threads`,
    stock: `stock TensorFlow ${backend.tensorflowVersion} on ${backend.threads} CPU threads`,
    wasm: "WebAssembly, the slow last resort",
  }[backend.kind];
  return backend.note ? `${name}. ${backend.note}` : name;
}
