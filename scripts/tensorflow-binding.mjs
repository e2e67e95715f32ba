// Compiles the Node binding: tfjs-node's own sources with Tuneloop's (trainer/engine/native), against TensorFlow's
// libraries.
import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { failureLine, MissingPrerequisite, run } from "./run-program.mjs";
import { TENSORFLOW_VERSION } from "./tensorflow-libraries.mjs";

/** A library that lies beside the binding, compiled from trainer/engine/native/quiet_start.cc. */
const QUIET_START = "libtuneloop_quiet_start.so";

const nativeFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "trainer", "engine", "native");
const require = createRequire(import.meta.url);

/** A hash of everything that the compiled file depends on, its own place included (it carries the libraries' path). */
export async function bindingKey(packageFolder, libraries) {
  const hash = createHash("sha256").update(`${TENSORFLOW_VERSION} ${os.arch()} ${libraries}\n`);
  for (const folder of [path.join(packageFolder, "binding"), nativeFolder]) {
    for (const file of (await readdir(folder, { recursive: true })).sort()) {
      if (/\.(cc|h)$/.test(file)) hash.update(file).update(await readFile(path.join(folder, file)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * Compiles the sources into the file `binding`, with the libraries that it needs beside it. The file appears complete
 * or not at all.
 */
export async function compileBinding({ packageFolder, libraries, binding, log }) {
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
    const soname = `-Wl,-soname,${QUIET_START}`;
    await run(compiler, ["-shared", "-fPIC", "-O2", path.join(nativeFolder, "quiet_start.cc"), "-o", quiet, soname]);
    await run(compiler, [
      ...["-shared", ...objects, "-o", out, "-pthread"],
      ...[`-L${tensorflow}`, "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"],
      // The loader starts the last of the libraries first.
      ...[`-L${work}`, `-l:${QUIET_START}`],
      // The loader finds TensorFlow beside the binding now and in the cache; by the cache's path, if a file system
      // without links holds a copy of the binding.
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

/**
 * The instruction sets that the fused kernels are compiled for, once each; the machine that runs the binding chooses
 * among them.
 */
function instructionSets() {
  if (os.arch() !== "x64") return [["plain"]];
  const avx512 = ["f", "vl", "dq", "bw"].map((part) => `-mavx512${part}`);
  return [["plain"], ["avx2", "-mavx2", "-mfma"], ["avx512", ...avx512, "-mfma"]];
}
