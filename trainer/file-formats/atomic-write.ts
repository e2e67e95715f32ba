import { randomUUID } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { fileSystemError, hasCode, isMissing } from "./file-errors";

/** A name beside the target, because a rename is atomic only within one file system. */
function besides(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
}

/**
 * Writes a file that appears complete or not at all: content goes to a temporary file beside it, reaches the disk, and
 * takes the name by a rename. On any error the temporary file is removed and an older file is left as it was.
 */
export async function writeFileAtomically(
  target: string,
  content: string | Uint8Array | ((file: FileHandle) => Promise<void>),
): Promise<void> {
  const temporary = besides(target);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      if (typeof content === "function") await content(file);
      else await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error instanceof DomainError ? error : fileSystemError(target, "written", error);
  }
}

/**
 * Writes a folder that appears complete or not at all: `fill` writes into a temporary folder beside it, which then
 * takes the name. An older folder is moved aside first and removed last, so that at no time a half-written one has the
 * name.
 */
export async function writeFolderAtomically(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const temporary = besides(target);
  const old = besides(target);
  try {
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    while (!(await moveInto(temporary, target))) await moveAside(target, old);
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // The older folder goes back if it was moved aside and nothing came in its place.
    await moveInto(old, target).catch((failure: unknown) => {
      if (!isMissing(failure)) console.warn(`${old}: the older ${target} could not be put back (${String(failure)})`);
    });
    throw error instanceof DomainError ? error : fileSystemError(target, "written", error);
  }
}

/** Renames a folder; gives false if another folder has taken the new name. */
async function moveInto(folder: string, target: string): Promise<boolean> {
  try {
    await rename(folder, target);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOTEMPTY") || hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Moves a folder out of the way of the one that is to replace it; another process may already have done so. */
async function moveAside(folder: string, old: string): Promise<void> {
  await rm(old, { recursive: true, force: true });
  try {
    await rename(folder, old);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
