import { createHash, type Hash } from "node:crypto";
import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { fileSystemError } from "../file-formats/file-errors";
import { readExactly } from "../file-formats/tensor-file";
import { type LoadModelFilesOptions, openModelFiles } from "./load-model-files";

const WEIGHTS = /\.(safetensors|gguf)$/;
/**
 * Files up to this size are hashed whole, which takes about a second; of larger files only evenly spread pieces are
 * hashed.
 */
const WHOLE_BYTES = 1 << 30;
const PIECES = 1024;
const PIECE_BYTES = 1 << 16;

/**
 * Identifies a model by its weights, wherever they lie: a SHA-256 over its weight files (safetensors, GGUF, an adapter's,
 * all members of an ensemble) and, where it is an adapter, those of its base. Of a file above 1 GiB, size and 1,024 evenly
 * spread pieces of 64 KiB are read, so that a large base does not delay the start of a run.
 * @throws DomainError where the model can't be found or read
 */
export async function identifyModel(reference: string, options: LoadModelFilesOptions = {}): Promise<string> {
  const { source, base, tensors } = await openModelFiles(reference, options);
  await tensors.close();
  const hash = createHash("sha256");
  for (const place of new Set([source.path, base.path])) {
    const files = await weightFilesIn(place);
    for (const file of files) {
      hash.update(`${path.relative(place, file).split(path.sep).join("/")}\n`);
      await hashFile(hash, file);
    }
  }
  return hash.digest("hex");
}

/** The weight files of a model's folder, those of an ensemble's further members included, in a fixed order. */
async function weightFilesIn(place: string): Promise<string[]> {
  if (WEIGHTS.test(place)) return [place];
  const found = await readdir(place, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory() && WEIGHTS.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

async function hashFile(hash: Hash, file: string): Promise<void> {
  const handle = await open(file, "r").catch((error: unknown) => {
    throw fileSystemError(file, "read", error);
  });
  try {
    const { size } = await handle.stat();
    hash.update(`${size}\n`);
    for (const { from, length } of size <= WHOLE_BYTES ? wholeOf(size) : spreadOver(size)) {
      const bytes = await readExactly(handle, from, length);
      if (bytes) hash.update(bytes);
    }
  } finally {
    await handle.close();
  }
}

type Piece = { from: number; length: number };

function wholeOf(size: number, step = 1 << 24): Piece[] {
  return Array.from({ length: Math.ceil(size / step) }, (_, index) => ({
    from: index * step,
    length: Math.min(step, size - index * step),
  }));
}

/** Spreads pieces evenly over a file; the first and the last piece of the file are among them. */
export function spreadOver(size: number): Piece[] {
  return Array.from({ length: PIECES }, (_, index) => ({
    from: Math.floor(((size - PIECE_BYTES) * index) / (PIECES - 1)),
    length: PIECE_BYTES,
  }));
}
