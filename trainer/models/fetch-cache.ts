import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { isMissing } from "../file-formats/file-errors";
import { readJsonObjectIfPresent, writeJson } from "../file-formats/json-file";
import { modelCacheFolder } from "./catalogue";
import { withFetchLock } from "./fetch-lock";
import { type FetchOptions, fetchCancelled } from "./fetch-progress";

/** This file beside the model's files records where they came from and what they were, so that damage is noticed. */
const RECORD = "source.json";

/** Whether a catalogue model lies complete in the cache. Sizes are compared here; loading verifies the contents. */
export async function isCached(name: string): Promise<boolean> {
  return (await damage(path.join(modelCacheFolder(), name), { contents: false })) === null;
}

/**
 * Gives the folder `target` in the cache, after filling it if it is missing, damaged, or from another origin than
 * expected. The folder appears complete or not at all, even when several processes want it at once.
 * @param fill writes the model's files into `folder`, with `work` around it for its own use; returns their origin
 */
export async function ensureInCache(
  target: string,
  options: FetchOptions,
  fill: (folder: string, work: string) => Promise<string>,
  expectedOrigin?: string,
): Promise<string> {
  if (options.signal?.aborted) throw fetchCancelled(options.signal.reason);
  const verify = () => {
    options.onProgress?.({ stage: "verifying", message: `Verifying ${target}` });
    return damage(target, { contents: true, expectedOrigin });
  };
  if ((await verify()) === null) return target;
  return withFetchLock(`${target}.lock`, options, async () => {
    const damaged = await verify(); // another process may have brought it meanwhile
    if (damaged === null) return target;
    if (damaged) options.onProgress?.({ stage: "downloading", message: `${damaged}; fetching it again` });
    const work = `${target}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
    try {
      const folder = path.join(work, "model");
      await mkdir(folder, { recursive: true });
      const origin = await fill(folder, work);
      await writeRecord(folder, origin);
      await rm(target, { recursive: true, force: true });
      await rename(folder, target);
      return target;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

async function writeRecord(folder: string, origin: string): Promise<void> {
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const name of (await readdir(folder)).sort()) {
    const file = path.join(folder, name);
    files[name] = { bytes: (await stat(file)).size, sha256: await hashFile(file) };
  }
  await writeJson(path.join(folder, RECORD), { origin, fetchedAt: new Date().toISOString(), files });
}

/** Says what is wrong with a fetched folder: null for nothing, "" when it is not there. */
async function damage(
  folder: string,
  { contents, expectedOrigin }: { contents: boolean; expectedOrigin?: string | undefined },
): Promise<string | null> {
  const record = await readJsonObjectIfPresent(path.join(folder, RECORD));
  if (!record || (expectedOrigin && record.origin !== expectedOrigin)) return "";
  const files = Object.entries(record.files as Record<string, { bytes: number; sha256: string }>);
  for (const [name, expected] of files) {
    const file = path.join(folder, name);
    try {
      const { size } = await stat(file);
      if (size !== expected.bytes) return `${file}: has ${size} bytes, not ${expected.bytes}`;
      if (contents && (await hashFile(file)) !== expected.sha256) return `${file}: its contents have changed`;
    } catch (error) {
      if (isMissing(error)) return `${file}: is missing`;
      throw error;
    }
  }
  return null;
}

export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
