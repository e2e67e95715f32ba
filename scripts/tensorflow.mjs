#!/usr/bin/env node
/**
 * Puts a current TensorFlow under TensorFlow.js: takes libtensorflow out of the PyPI wheel and compiles tfjs-node's
 * binding (with the step compiler's two calls) against it. Large files live in the user's cache, so that a second
 * checkout, or an install from scratch, takes a second. Needs only package registries; if a prerequisite is missing,
 * the script says so and the trainer runs on what is there (the stock binary if a person asked for it, else
 * WebAssembly).
 *
 * node scripts/tensorflow.mjs set up what is missing
 * node scripts/tensorflow.mjs --check only say what is there, exit status 1 when something is missing
 */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { copyFile, mkdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive, sleep } from "./processes.mjs";
import { lastLine, MissingPrerequisite, run } from "./run-program.mjs";
import { bindingKey, compileBinding } from "./tensorflow-binding.mjs";
import { TENSORFLOW_VERSION, unpackLibraries } from "./tensorflow-libraries.mjs";

const LOCK_POLL_MS = 500;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** The user's cache folder, which holds libraries, bindings and base models. */
export function cacheFolder() {
  return process.env.TUNELOOP_CACHE || path.join(os.homedir(), ".cache", "tuneloop");
}

/**
 * @typedef {{ kind: "gpu" | "cpu" | "stock" | "wasm", ready: boolean, note?: string }} TensorflowState
 */

/**
 * Makes the fastest TensorFlow that this machine allows ready for `trainer/engine/backend.ts`. Never throws: the trainer
 * falls back to WebAssembly, and the note says why and what to do.
 *
 * @param {{ log?: (line: string) => void, check?: boolean }} [options] `check`: change nothing
 * @returns {Promise<TensorflowState>}
 */
export async function ensureTensorflow({ log = console.log, check = false } = {}) {
  const packageFolder = path.join(root, "node_modules", "@tensorflow", "tfjs-node");
  if (!existsSync(packageFolder)) {
    return { kind: "wasm", ready: false, note: "@tensorflow/tfjs-node is not installed: run npm ci" };
  }
  const installed = path.join(packageFolder, "lib", "napi-v8", "tfjs_binding.node");
  const notes = [];
  for (const flavour of hasGpu() ? ["gpu", "cpu"] : ["cpu"]) {
    try {
      await ensureFlavour({ flavour, packageFolder, installed, log, check });
      return { kind: flavour, ready: true, ...(notes.length > 0 && { note: notes.join(" ") }) };
    } catch (error) {
      if (check) return { kind: flavour, ready: false, note: error.message };
      log(`TensorFlow (${flavour}): ${error.message}`);
      notes.push(error.message);
    }
  }
  if (await ensureStock({ packageFolder, installed, log })) {
    return { kind: "stock", ready: true, note: notes.join(" ") };
  }
  log("TensorFlow: the trainer runs on WebAssembly, about ten times slower, until the above is mended.");
  return { kind: "wasm", ready: false, note: notes.join(" ") };
}

function hasGpu() {
  if (process.env.TUNELOOP_TENSORFLOW === "cpu") return false;
  return spawnSync("nvidia-smi", ["-L"], { encoding: "utf8" }).stdout?.includes("GPU ") ?? false;
}

async function ensureFlavour({ flavour, packageFolder, installed, log, check }) {
  if (os.platform() !== "linux") {
    throw new MissingPrerequisite(`no TensorFlow ${TENSORFLOW_VERSION} build for ${os.platform()} (Linux only).`);
  }
  const cache = cacheFolder();
  const libraries = path.join(cache, `tensorflow-${flavour}-${TENSORFLOW_VERSION}-${os.arch()}`);
  const binding = path.join(cache, "bindings", await bindingKey(packageFolder, libraries), "tfjs_binding.node");
  const ready = async () => existsSync(binding) && existsSync(libraries) && (await isSame(installed, binding));
  if (await ready()) return;
  if (check) throw new Error("not set up: run npm run setup");
  await mkdir(cache, { recursive: true });
  assertNotShared(cache);
  await withLock(path.join(cache, "tensorflow.lock"), log, async () => {
    if (!existsSync(libraries)) await unpackLibraries({ flavour, libraries, log });
    if (!existsSync(binding)) await compileBinding({ packageFolder, libraries, binding, log });
    if (!(await ready())) await install(binding, installed);
  });
}

/** Refuses a cache that everybody may write to, since code is loaded from it; a private group of the user's may. */
function assertNotShared(cache) {
  const { uid, mode } = statSync(cache);
  if ((uid === process.getuid?.() || uid === 0) && (mode & 0o002) === 0) return;
  throw new Error(
    `${cache} belongs to somebody else or may be written to by everybody, so no code is loaded from it. Set TUNELOOP_CACHE to a folder of your own.`,
  );
}

/** Links the binding from the cache to where tfjs-node looks for it; a file system without links gets a copy. */
async function install(binding, installed) {
  await mkdir(path.dirname(installed), { recursive: true });
  const temporary = `${installed}.${randomUUID()}`;
  try {
    await symlink(binding, temporary);
  } catch {
    await copyFile(binding, temporary);
  }
  await rename(temporary, installed);
}

async function isSame(installed, binding) {
  if (!existsSync(installed)) return false;
  if ((await realpath(installed)) === (await realpath(binding))) return true;
  return (await readFile(installed)).equals(await readFile(binding));
}

/**
 * Runs tfjs-node's own install script, which gets TensorFlow 2.9 and a ready binding from a download host. That script
 * checks no hash of what it gets, so a person has to ask for it.
 */
async function ensureStock({ packageFolder, installed, log }) {
  if (existsSync(path.join(packageFolder, "deps", "lib")) && existsSync(installed)) return true;
  if (process.env.TUNELOOP_TENSORFLOW !== "stock") {
    log("TensorFlow: TUNELOOP_TENSORFLOW=stock would fetch an older ready-made one, whose content nobody has pinned.");
    return false;
  }
  const host = "https://storage.googleapis.com/";
  try {
    await fetch(host, { method: "HEAD", signal: AbortSignal.timeout(5000) });
  } catch {
    log(`TensorFlow: the stock binary's host (${host}) cannot be reached.`);
    return false;
  }
  log("TensorFlow: installing tfjs-node's stock binary …");
  try {
    // A link left by an earlier set-up would make the install script write into the cache.
    await rm(installed, { force: true });
    const bin = path.join(root, "node_modules", ".bin");
    await run(process.execPath, ["scripts/install.js"], { PATH: `${bin}:${process.env.PATH}` }, packageFolder);
    return existsSync(installed);
  } catch (error) {
    log(`TensorFlow: the stock binary could not be installed: ${lastLine(error.message)}`);
    return false;
  }
}

/**
 * Lets one set-up work at a time on each cache. The lock is a folder, because making one is atomic; a dead owner's lock
 * is taken over.
 */
async function withLock(lock, log, work) {
  let waiting = false;
  while (!(await takeLock(lock))) {
    if (!waiting) log("TensorFlow: another set-up is at work, waiting for it …");
    waiting = true;
    await sleep(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function takeLock(lock) {
  try {
    await mkdir(lock);
    await writeFile(path.join(lock, "pid"), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (await ownerIsDead(lock)) await rm(lock, { recursive: true, force: true });
    return false;
  }
}

async function ownerIsDead(lock) {
  let pid;
  try {
    pid = Number(await readFile(path.join(lock, "pid"), "utf8"));
  } catch {
    return false; // the lock was just made, and its owner is not yet written
  }
  return Number.isInteger(pid) && pid > 0 && !isAlive(pid);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  const state = await ensureTensorflow({ check });
  console.log(
    `TensorFlow: ${state.ready ? `ready (${state.kind === "stock" ? "stock binary" : `${TENSORFLOW_VERSION}, ${state.kind}`})` : state.note}`,
  );
  if (check && !state.ready) process.exitCode = 1;
}
