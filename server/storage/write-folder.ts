import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { dataPath } from "./data-folder";

/** A folder that is being written. */
export interface FolderWriter {
  /** Writes a file from its texts as they come, lets it reach the disk, and returns the SHA-256 of its bytes. */
  write(name: string, texts: Iterable<string> | AsyncIterable<string>): Promise<string>;
}

/**
 * Writes a folder of the instance's data so that it is either whole or not there: its files go to a temporary folder
 * on the same disk, reach the disk, and one rename puts them in place.
 *
 * @param folder relative to the data folder; must not exist
 */
export async function writeFolder<Result>(
  folder: string,
  fill: (writer: FolderWriter) => Promise<Result>,
): Promise<Result> {
  const half = dataPath("tmp", randomUUID());
  const place = dataPath(folder);
  await mkdir(half, { recursive: true });
  try {
    const result = await fill({ write: (name, texts) => writeFile(path.join(half, name), texts) });
    await mkdir(path.dirname(place), { recursive: true });
    await rename(half, place);
    return result;
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

async function writeFile(place: string, texts: Iterable<string> | AsyncIterable<string>): Promise<string> {
  const hash = createHash("sha256");
  const file: FileHandle = await open(place, "wx");
  try {
    for await (const text of texts) {
      const bytes = Buffer.from(text);
      hash.update(bytes);
      await file.write(bytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

/** Removes a folder whose row could not be kept. */
export const removeFolder = (folder: string): Promise<void> => rm(dataPath(folder), { recursive: true, force: true });
