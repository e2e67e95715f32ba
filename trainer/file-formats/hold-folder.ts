import { createHash, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { fileSystemError, hasCode, isMissing } from "./file-errors";
import { isAlive, startOfProcess } from "./process-alive";

/** The lock file that stands in a folder while a process writes into the folder. */
export const LOCK_FILE = "run.lock";

/** A lock that has no content for this long belongs to a process that died while it wrote the lock. */
const WRITTEN_WITHIN_MS = 5_000;

/** The owner of a lock. `id` is new for every lock, so that two locks of one process can be told apart. */
type Owner = { pid: number; host: string; started: string | null; id?: string };

/**
 * Does work that writes into a folder while no other process writes there; two runs in one folder would mix their
 * metrics and checkpoints. A lock whose process has died is taken over; whether a process on another machine still runs
 * can't be told from here, so its lock is left to a person. A folder that was made for the work and stays empty is
 * removed.
 *
 * @param doing what the work is, for the message to a process that is refused: "a run"
 * @throws DomainError `output-conflict` that names the folder and the process that writes into it
 */
export async function holdFolder<Result>(folder: string, doing: string, work: () => Promise<Result>): Promise<Result> {
  const made = await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileSystemError(folder, "written", error);
  });
  const lock = path.join(folder, LOCK_FILE);
  try {
    await take(lock, folder, doing);
  } catch (error) {
    await removeEmpty(folder, made);
    throw error;
  }
  // The second Ctrl-C ends the process at once, so the lock has to be removed synchronously on exit.
  const letGo = () => rmSync(lock, { force: true });
  process.once("exit", letGo);
  try {
    return await work();
  } finally {
    process.off("exit", letGo);
    await rm(lock, { force: true });
    await removeEmpty(folder, made);
  }
}

/**
 * Writes the lock, or replaces the lock of a dead process. At that step two processes could both come in, so it has a
 * lock of its own, named after the dead one: only the holder of that succession lock may replace the dead lock, and it
 * looks once more before it does, for it may have been slow. A process that dies in between is succeeded in this way,
 * too.
 */
async function take(lock: string, folder: string, doing: string): Promise<void> {
  for (;;) {
    if (await write(lock)) return;
    const dead = await readDead(lock, folder, doing);
    if (dead === null) continue; // the lock was released meanwhile
    const succession = `${lock}.${dead}`;
    await take(succession, folder, doing);
    try {
      if ((await readDead(lock, folder, doing)) === dead) {
        await rename(succession, lock); // one rename replaces the dead lock and ends the succession
        return;
      }
    } catch (error) {
      await rm(succession, { force: true });
      throw error;
    }
    await rm(succession, { force: true });
  }
}

/**
 * Writes a new lock.
 * @returns false if there is a lock already
 */
async function write(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, "wx");
    try {
      const who = { pid: process.pid, host: hostname(), started: startOfProcess(process.pid) };
      const owner: Owner = { ...who, id: randomUUID() };
      await file.writeFile(`${JSON.stringify(owner)}\n`);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw fileSystemError(lock, "written", error);
  }
}

/**
 * Reads a lock whose process is dead.
 * @returns a text that tells this lock from every other; null if the lock is gone
 * @throws DomainError `output-conflict` if the lock's process may be alive
 */
async function readDead(lock: string, folder: string, doing: string): Promise<string | null> {
  const text = await readLock(lock);
  if (text === null) return null;
  const owner = parseOwner(text);
  if (owner === null) {
    const { mtimeMs } = await stat(lock).catch((error: unknown) => {
      if (isMissing(error)) return { mtimeMs: Date.now() };
      throw error;
    });
    if (Date.now() - mtimeMs < WRITTEN_WITHIN_MS) throw inUse(folder, doing, "another process");
    return digest(`${text} ${mtimeMs}`);
  }
  if (owner.host !== hostname()) {
    const elsewhere = `process ${owner.pid} on ${owner.host} (if that one is gone, remove ${lock})`;
    throw inUse(folder, doing, elsewhere);
  }
  if (isAlive(owner.pid) && (owner.started === null || startOfProcess(owner.pid) === owner.started)) {
    throw inUse(folder, doing, `process ${owner.pid}`);
  }
  return digest(text);
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);

async function readLock(lock: string): Promise<string | null> {
  return readFile(lock, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw fileSystemError(lock, "read", error);
  });
}

function parseOwner(text: string): Owner | null {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Owner>;
    return typeof pid === "number" && typeof host === "string" ? { pid, host, started: started ?? null } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function inUse(folder: string, doing: string, by: string): DomainError {
  return new DomainError(
    "output-conflict",
    `${folder}: ${by} writes ${doing} into it; wait for it, or name another folder`,
  );
}

/** Removes the folder, and those above it that were made with it, as far as they are empty. */
async function removeEmpty(folder: string, made: string | undefined): Promise<void> {
  if (made === undefined) return;
  for (let place = folder; place.startsWith(made); place = path.dirname(place)) {
    try {
      await rmdir(place);
    } catch (error) {
      if (hasCode(error, "ENOTEMPTY") || isMissing(error)) return;
      throw error;
    }
  }
}
