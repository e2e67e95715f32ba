import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { dataPath } from "./data-folder";

/** Lists the files of a folder of the instance's data, by name; none where somebody has removed it by hand. */
export async function listFiles(folder: string): Promise<{ name: string; sizeBytes: number }[]> {
  const place = dataPath(folder);
  let names: string[];
  try {
    names = await readdir(place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return Promise.all(
    names.sort().map(async (name) => ({ name, sizeBytes: (await stat(path.join(place, name))).size })),
  );
}
