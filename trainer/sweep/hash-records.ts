import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** Hashes JSONL files, or those in folders; by the hash a sweep notices that its records were changed. */
export async function hashRecords(places: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const place of places) {
    const isFolder = (await stat(place)).isDirectory();
    const names = isFolder ? (await readdir(place)).filter((name) => name.endsWith(".jsonl")).sort() : [""];
    for (const name of names) {
      hash.update(`${name}\n`);
      for await (const piece of createReadStream(path.join(place, name))) hash.update(piece as Buffer);
    }
  }
  return hash.digest("hex");
}
