// Fetches TensorFlow's libraries and headers out of the wheel on the Python package index.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { lastLine, MissingPrerequisite, run } from "./run-program.mjs";

export const TENSORFLOW_VERSION = "2.21.0";
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

/**
 * Downloads a flavour of TensorFlow (for a GPU with the CUDA libraries) into the folder `libraries`, which appears
 * complete or not at all.
 */
export async function unpackLibraries({ flavour, libraries, log }) {
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
        // The members go beside `tensorflow/`, where the library's own search path expects them.
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

/** Downloads one wheel, without its dependencies, into a folder and returns its path. */
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
