// Tells by content whether a product still fits its sources, so that a second start repeats nothing.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./settings.mjs";

function filesUnder(name) {
  const file = path.join(ROOT, name);
  if (!fs.existsSync(file)) return [];
  if (!fs.statSync(file).isDirectory()) return [name];
  return fs
    .readdirSync(file)
    .sort()
    .flatMap((entry) => filesUnder(path.join(name, entry)));
}

/** Hashes the names and contents of the given files and folders (except tests) and `extra`. */
export function contentHash(names, extra = "") {
  const hash = createHash("sha256").update(extra);
  for (const name of names.flatMap(filesUnder)) {
    if (/\.test\.tsx?$/.test(name)) continue;
    hash.update(`\0${name}\0`).update(fs.readFileSync(path.join(ROOT, name)));
  }
  return hash.digest("hex");
}

/**
 * Whether the stamp fits. A stamp lives beside its product: it goes with the product, and a half-made product never has
 * one.
 */
export const isStamped = (file, hash) => fs.existsSync(file) && fs.readFileSync(file, "utf8") === hash;
export const stamp = (file, hash) => fs.writeFileSync(file, hash);
