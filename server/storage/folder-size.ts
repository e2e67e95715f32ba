import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { dataPath } from "./data-folder";

/** Counts the bytes of all files in a folder of the instance's data and below it; 0 where there is none. */
export const folderSize = (folder: string): Promise<number> => sizeOf(dataPath(folder));

async function sizeOf(place: string): Promise<number> {
  const entries = await unlessGone(readdir(place, { withFileTypes: true }), [] as Dirent[]);
  const sizes = entries.map(async (entry) => {
    const child = path.join(place, entry.name);
    return entry.isDirectory() ? sizeOf(child) : ((await unlessGone(stat(child), null))?.size ?? 0);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Runs write and remove files meanwhile. */
async function unlessGone<Value, Instead>(found: Promise<Value>, instead: Instead): Promise<Value | Instead> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return instead;
    throw error;
  }
}
