import { randomUUID } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { fileSystemError, isMissing } from "./file-errors";

/** A name beside the target: a rename is atomic only within one file system. */
function besides(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
}

/**
 * Writes a file that is either whole or not there: content goes to a temporary file beside it, reaches the disk, and
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
 * The same for a folder: `fill` writes into a temporary folder beside it, which then takes the name. A folder that
 * was there is moved aside first and removed last, so that at no time a half-written one has the name.
 */
export async function writeFolderAtomically(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const temporary = besides(target);
  const old = besides(target);
  try {
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    const hadOld = await rename(target, old).then(
      () => true,
      (error: unknown) => {
        if (isMissing(error)) return false;
        throw error;
      },
    );
    try {
      await rename(temporary, target);
    } catch (error) {
      if (hadOld) await rename(old, target);
      throw error;
    }
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error instanceof DomainError ? error : fileSystemError(target, "written", error);
  }
}
