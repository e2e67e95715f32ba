import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { dataPath } from "./data-folder";

/**
 * Writes a folder of the instance's data so that it is either whole or not there: its files go to a temporary folder
 * on the same disk, reach the disk, and one rename puts them in place.
 *
 * @param folder relative to the data folder; must not exist
 * @param files name and text, in the order to write them
 */
export async function writeFolder(folder: string, files: Iterable<{ name: string; content: string }>): Promise<void> {
  const half = dataPath("tmp", randomUUID());
  const place = dataPath(folder);
  await mkdir(half, { recursive: true });
  try {
    for (const { name, content } of files) {
      const file = await open(path.join(half, name), "wx");
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    await mkdir(path.dirname(place), { recursive: true });
    await rename(half, place);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

/** Removes a folder whose row could not be kept. */
export const removeFolder = (folder: string): Promise<void> => rm(dataPath(folder), { recursive: true, force: true });
