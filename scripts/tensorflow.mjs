#!/usr/bin/env node
/**
 * Puts a current TensorFlow under TensorFlow.js: takes libtensorflow out of the PyPI wheel and compiles tfjs-node's
 * binding (with the step compiler's two calls) against it. Everything large lives in the user's cache, so that a second
 * checkout, or an install from scratch, takes a second. Needs only package registries; where a prerequisite is missing it
 * says so and the trainer runs on what is there (the stock binary where its host can be reached, else WebAssembly).
 *
 *   node scripts/tensorflow.mjs          set up what is missing
 *   node scripts/tensorflow.mjs --check  only say what is there, exit status 1 when something is missing
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TENSORFLOW_VERSION = "2.21.0";
// Only the libraries are used, so any of the wheel's Python versions would do.
const WHEEL_PYTHON = "3.12";
const HEADER_PREFIXES = ["c/", "core/platform/ctstring"].map((folder) => `tensorflow/include/tensorflow/${folder}`);
const WHEEL_MEMBERS = [
  "tensorflow/libtensorflow_cc.so.2",
  "tensorflow/libtensorflow_framework.so.2",
  ...HEADER_PREFIXES,
  "tensorflow/include/tsl/platform/ctstring",
  "tensorflow/include/xla/tsl/c/",
];
/** Beside the binding: trainer/engine/native/quiet_start.cc. */
const QUIET_START = "libtuneloop_quiet_start.so";
const LOCK_POLL_MS = 500;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const nativeFolder = path.join(root, "trainer", "engine", "native");
const require = createRequire(import.meta.url);

/** The user's cache folder: libraries, bindings and base models. */
export function cacheFolder() {
  return process.env.TUNELOOP_CACHE || path.join(os.homedir(), ".cache", "tuneloop");
}

/** Something the user's machine lacks; the message says what to install. */
class MissingPrerequisite extends Error {}

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
  await withLock(path.join(cache, "tensorflow.lock"), log, async () => {
    if (!existsSync(libraries)) await unpackLibraries({ flavour, libraries, log });
    if (!existsSync(binding)) await compileBinding({ packageFolder, libraries, binding, log });
    if (!(await ready())) await install(binding, installed);
  });
}

/** Everything the compiled file depends on, its own place included (it carries the libraries' path). */
async function bindingKey(packageFolder, libraries) {
  const hash = createHash("sha256").update(`${TENSORFLOW_VERSION} ${os.arch()} ${libraries}\n`);
  for (const folder of [path.join(packageFolder, "binding"), nativeFolder, path.join(nativeFolder, "fused")]) {
    for (const file of (await readdir(folder)).sort()) {
      if (/\.(cc|h)$/.test(file)) hash.update(file).update(await readFile(path.join(folder, file)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

// ---------------------------------------------------------------------------------------------------- the libraries

async function unpackLibraries({ flavour, libraries, log }) {
  const python = findPython();
  const work = `${libraries}.${randomUUID()}`;
  try {
    await mkdir(work, { recursive: true });
    // PyPI's `tensorflow-cpu` has no arm64 wheel; there `tensorflow` itself is the CPU build.
    const name = flavour === "gpu" || os.arch() !== "x64" ? "tensorflow" : "tensorflow-cpu";
    log(`TensorFlow: downloading ${name} ${TENSORFLOW_VERSION} from the Python package index (about 300 MB) …`);
    const wheel = await download(python, `${name}==${TENSORFLOW_VERSION}`, work);
    log("TensorFlow: unpacking the library …");
    await run(python, ["-c", UNPACK, wheel, work, ...WHEEL_MEMBERS]);
    if (flavour === "gpu") {
      const { stdout } = await run(python, ["-c", GPU_REQUIREMENTS, wheel]);
      for (const requirement of stdout.split("\n").filter(Boolean)) {
        log(`TensorFlow: downloading ${requirement} …`);
        const part = await download(python, requirement, work);
        // Side by side with `tensorflow/`, where the library's own search path expects them.
        await run(python, ["-c", UNPACK, part, work, "nvidia/"]);
        await rm(path.dirname(part), { recursive: true });
      }
    }
    await rm(path.dirname(wheel), { recursive: true });
    await rename(work, libraries);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Downloads one wheel, alone, into a folder and returns its path. */
async function download(python, requirement, folder) {
  const into = path.join(folder, `wheel-${randomUUID()}`);
  const options = ["--no-deps", "--only-binary=:all:", "--python-version", WHEEL_PYTHON, "--no-cache-dir"];
  const quiet = ["--quiet", "--disable-pip-version-check"];
  try {
    await run(python, ["-m", "pip", "download", ...quiet, ...options, "--dest", into, requirement]);
  } catch (error) {
    throw new Error(`pip could not download ${requirement}: ${lastLine(error.message)}`);
  }
  const [file] = await readdir(into);
  if (!file) throw new Error(`pip downloaded nothing for ${requirement}.`);
  return path.join(into, file);
}

function findPython() {
  for (const python of ["python3", "python"]) {
    if (spawnSync(python, ["-m", "pip", "--version"]).status === 0) return python;
  }
  throw new MissingPrerequisite(
    "Python 3 with pip is missing (it downloads TensorFlow). On Debian and Ubuntu: apt install python3-pip",
  );
}

// argv: wheel, folder, prefixes of the members to take
const UNPACK = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name.startswith(tuple(sys.argv[3:])):
            wheel.extract(name, sys.argv[2])
`;

// argv: wheel. Prints the requirements of its "and-cuda" extra.
const GPU_REQUIREMENTS = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    metadata = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    for line in wheel.read(metadata).decode().splitlines():
        if line.startswith("Requires-Dist: nvidia-") and "and-cuda" in line:
            print(line.removeprefix("Requires-Dist: ").split(";")[0].strip())
`;

// ------------------------------------------------------------------------------------------------------- the binding

async function compileBinding({ packageFolder, libraries, binding, log }) {
  const compiler = ["g++", "c++", "clang++"].find((name) => spawnSync(name, ["--version"]).status === 0);
  if (!compiler) {
    throw new MissingPrerequisite("a C++ compiler is missing (g++). On Debian and Ubuntu: apt install g++");
  }
  log("TensorFlow: compiling the Node binding (about 15 s) …");
  await mkdir(path.dirname(binding), { recursive: true });
  const work = path.join(path.dirname(binding), randomUUID());
  const out = path.join(work, "tfjs_binding.node");
  const tensorflow = path.join(libraries, "tensorflow");
  const include = [
    path.join(path.dirname(require.resolve("node-api-headers/package.json")), "include"),
    path.join(tensorflow, "include"),
    path.join(nativeFolder, "include"),
    packageFolder,
    path.dirname(packageFolder),
  ];
  const compile = async (name, source, flags) => {
    const object = path.join(work, `${name}.o`);
    await run(compiler, ["-c", "-fPIC", "-std=c++17", ...flags, path.join(nativeFolder, source), "-o", object]);
    return object;
  };
  try {
    await mkdir(work, { recursive: true });
    const objects = await Promise.all([
      compile("binding", "tuneloop_binding.cc", [
        ...["-O2", "-DNAPI_VERSION=8", ...include.map((folder) => `-I${folder}`)],
      ]),
      compile("parallel", "fused/parallel.cc", ["-O2"]),
      ...instructionSets().map(([name, ...flags]) =>
        compile(name, "fused/kernels.cc", ["-O3", `-DFUSED_NAMESPACE=${name}`, ...flags]),
      ),
    ]);
    const quiet = path.join(work, QUIET_START);
    await run(compiler, [
      ...[
        "-shared",
        "-fPIC",
        "-O2",
        path.join(nativeFolder, "quiet_start.cc"),
        "-o",
        quiet,
        `-Wl,-soname,${QUIET_START}`,
      ],
    ]);
    await run(compiler, [
      ...["-shared", ...objects, "-o", out, "-pthread"],
      ...[`-L${tensorflow}`, "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"],
      // The last of the libraries is started first.
      ...[`-L${work}`, `-l:${QUIET_START}`],
      // Beside it now and in the cache; by the cache's path where a file system without links holds a copy.
      ...[tensorflow, "$ORIGIN", path.dirname(binding)].map((folder) => `-Wl,-rpath,${folder}`),
    ]);
    const loads = `require(${JSON.stringify(out)})`;
    await run(process.execPath, ["-e", loads], { TF_CPP_MIN_LOG_LEVEL: "0" });
    await rename(quiet, path.join(path.dirname(binding), QUIET_START));
    await rename(out, binding);
  } catch (error) {
    throw new Error(`the Node binding could not be built: ${failureLine(error.message)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The fused kernels are compiled once for each of these; what runs is chosen on the machine where it runs. */
function instructionSets() {
  if (os.arch() !== "x64") return [["plain"]];
  const avx512 = ["f", "vl", "dq", "bw"].map((part) => `-mavx512${part}`);
  return [["plain"], ["avx2", "-mavx2", "-mfma"], ["avx512", ...avx512, "-mfma"]];
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

/** tfjs-node's own install script: TensorFlow 2.9 and a ready binding, from a download host. */
async function ensureStock({ packageFolder, installed, log }) {
  if (existsSync(path.join(packageFolder, "deps", "lib")) && existsSync(installed)) return true;
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

// --------------------------------------------------------------------------------------------------------- processes

/** One set-up at a time for each cache. A folder is the lock, for making one is atomic; a dead owner's is taken over. */
async function withLock(lock, log, work) {
  let waiting = false;
  while (!(await takeLock(lock))) {
    if (!waiting) log("TensorFlow: another set-up is at work, waiting for it …");
    waiting = true;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
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
    return false; // just made, its owner not yet written
  }
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Runs a program to its end; rejects with what it printed. */
function run(command, args, env = {}, cwd = root) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ stdout, stderr });
      else reject(new Error(stderr.trim() || stdout.trim() || `${command} ended with status ${code}`));
    });
  });
}

/** The compiler's first error says more than its last line. */
function failureLine(text) {
  return text.split("\n").find((line) => /error/i.test(line)) ?? lastLine(text);
}

function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? "";
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  const state = await ensureTensorflow({ check });
  console.log(
    `TensorFlow: ${state.ready ? `ready (${state.kind === "stock" ? "stock binary" : `${TENSORFLOW_VERSION}, ${state.kind}`})` : state.note}`,
  );
  if (check && !state.ready) process.exitCode = 1;
}
