// Fetches TensorFlow's libraries and headers out of the wheel on the Python package index.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { downloadPinned, pinsOf } from "./pinned-wheels.mjs";
import { MissingPrerequisite, run } from "./run-program.mjs";

export const TENSORFLOW_VERSION = "2.21.0";
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
    const wheel = await downloadPinned(python, `${name}==${TENSORFLOW_VERSION}`, work);
    log("TensorFlow: unpacking the library …");
    await run(python, ["-c", UNPACK, wheel, work, ...WHEEL_MEMBERS]);
    if (flavour === "gpu") {
      for (const requirement of pinsOf("nvidia-")) {
        log(`TensorFlow: downloading ${requirement} …`);
        const part = await downloadPinned(python, requirement, work);
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
