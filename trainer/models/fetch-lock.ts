import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode, isMissing } from "../file-formats/file-errors";
import { isAlive } from "../file-formats/process-alive";
import { type FetchOptions, fetchCancelled } from "./fetch-progress";

const HEARTBEAT_MS = 5_000;
const STALE_AFTER_MS = 60_000;
const POLL_MS = 300;

/**
 * Runs `work` while no other process on this machine runs it for the same lock file. A lock whose owner has died, or
 * that shows no sign of life for a minute, is taken over.
 * The lock only saves a second download: what it guards takes its place by one atomic rename, so even if two
 * processes took over the same stale lock at once, both would end with a whole model.
 */
export async function withFetchLock<T>(lockPath: string, options: FetchOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(lockPath), { recursive: true });
  let told = false;
  while (!(await take(lockPath))) {
    if (await isStale(lockPath)) {
      await rm(lockPath, { force: true });
      continue;
    }
    if (!told)
      options.onProgress?.({ stage: "waiting", message: "Another process is fetching this model; waiting for it" });
    told = true;
    await sleep(POLL_MS, undefined, { signal: options.signal }).catch((error: unknown) => {
      throw fetchCancelled(error);
    });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // Failing to touch a lock that somebody removed by hand is no reason to stop the download.
    utimes(lockPath, now, now).catch((error: unknown) => {
      if (!isMissing(error)) console.warn(`${lockPath}: ${String(error)}`);
    });
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(lockPath, { force: true });
  }
}

async function take(lockPath: string): Promise<boolean> {
  try {
    const file = await open(lockPath, "wx");
    try {
      await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function isStale(lockPath: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lockPath);
    if (Date.now() - mtimeMs > STALE_AFTER_MS) return true;
    const owner: unknown = JSON.parse(await readFile(lockPath, "utf8"));
    if (typeof owner !== "object" || owner === null || !("pid" in owner) || !("host" in owner)) return false;
    return owner.host === hostname() && !isAlive(Number(owner.pid));
  } catch (error) {
    // The lock is gone, or its owner has not finished writing it: that is not a stale lock, so the caller asks again.
    if (isMissing(error) || error instanceof SyntaxError) return false;
    throw error;
  }
}
