// Archives of backups: a gzipped tar whose last entry, manifest.json, has every other entry's length and SHA-256.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import tar from "tar-stream";

export const MANIFEST = "manifest.json";

/**
 * Writes the archive under a name of its own, has it checked, and gives it its name only then; on any failure nothing
 * stays. Only its owner may read it, from its first byte on.
 * @param files path in the archive → { from, bytes }: of each file its first `bytes` are packed
 * @param check is given the unfinished archive's place
 */
export async function writeArchive(target, files, manifest, check) {
  const unfinished = `${target}.new-${process.pid}`;
  const pack = tar.pack();
  const out = fs.createWriteStream(unfinished, { flags: "wx", mode: 0o600, flush: true });
  try {
    const written = pipeline(pack, createGzip({ level: 4 }), out);
    written.catch(() => pack.destroy());
    await Promise.all([written, packAll(pack, files, manifest)]);
    await check(unfinished);
    fs.renameSync(unfinished, target);
  } finally {
    fs.rmSync(unfinished, { force: true });
  }
}

async function packAll(pack, files, manifest) {
  const hashes = {};
  for (const [name, { from, bytes }] of files) {
    const hash = createHash("sha256");
    const entry = pack.entry({ name, size: bytes, mode: 0o600, mtime: new Date(0) });
    const head = bytes === 0 ? [] : fs.createReadStream(from, { end: bytes - 1 });
    async function* hashed() {
      for await (const chunk of head) {
        hash.update(chunk);
        yield chunk;
      }
    }
    await pipeline(hashed, entry);
    hashes[name] = { bytes, sha256: hash.digest("hex") };
  }
  const text = JSON.stringify({ ...manifest, files: hashes }, null, 1);
  await new Promise((resolve, reject) => {
    pack.entry({ name: MANIFEST, mode: 0o600 }, text, (error) => (error ? reject(error) : resolve()));
  });
  pack.finalize();
}

/**
 * Unpacks an archive into `folder` and returns its manifest. Archives of earlier versions have no hashes.
 * @throws Error where an entry is missing, too many, or not the one that was packed
 */
export async function readArchive(archive, folder) {
  const found = {};
  const extract = tar.extract();
  const unpacked = pipeline(fs.createReadStream(archive), createGunzip(), extract);
  unpacked.catch(() => undefined); // it is awaited below, after the entries
  for await (const entry of extract) {
    const { name, type } = entry.header;
    const place = path.resolve(folder, name);
    if (!place.startsWith(`${path.resolve(folder)}${path.sep}`)) {
      if (place !== path.resolve(folder)) throw new Error(`the archive has an entry outside of its folder: ${name}`);
    }
    if (type !== "file") {
      if (type === "directory") fs.mkdirSync(place, { recursive: true });
      entry.resume();
      continue;
    }
    const hash = createHash("sha256");
    let bytes = 0;
    fs.mkdirSync(path.dirname(place), { recursive: true });
    async function* hashed() {
      for await (const chunk of entry) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    await pipeline(hashed, fs.createWriteStream(place, { mode: 0o600 }));
    found[name.replace(/^\.\//, "")] = { bytes, sha256: hash.digest("hex") };
  }
  await unpacked;
  const manifest = fs.existsSync(path.join(folder, MANIFEST))
    ? JSON.parse(fs.readFileSync(path.join(folder, MANIFEST), "utf8"))
    : {};
  if (manifest.files) compare(manifest.files, found);
  return manifest;
}

function compare(wanted, found) {
  for (const [name, { bytes, sha256 }] of Object.entries(wanted)) {
    if (!found[name]) throw new Error(`${name} is missing in the archive`);
    if (found[name].bytes !== bytes || found[name].sha256 !== sha256)
      throw new Error(`${name} is damaged: its content is not the one that was packed`);
  }
  const more = Object.keys(found).find((name) => name !== MANIFEST && !wanted[name]);
  if (more) throw new Error(`${more} is in the archive, but not in its manifest`);
}
