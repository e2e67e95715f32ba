import { stat } from "node:fs/promises";
import { gguf } from "@huggingface/gguf";
import type { GgufType } from "./dequantise";
import { GGUF_TYPES } from "./dequantise";
import { fileSystemError, invalidFile, reasonOf, unsupportedFile } from "./file-errors";
import type { JsonObject } from "./json-file";
import { elementCount } from "./tensor-file";

export interface GgufTensorEntry {
  name: string;
  type: GgufType;
  /** Outermost dimension first, as in Hugging Face files (a GGUF itself writes the innermost first). */
  shape: number[];
  /** Absolute position in the file, and length, both in bytes. */
  position: number;
  byteLength: number;
}

export interface GgufHeader {
  metadata: JsonObject;
  entries: GgufTensorEntry[];
}

/** Reads a GGUF's metadata and tensor table and checks the table against the file's size. */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  const size = await sizeOf(path);
  const parsed = await parse(path, size);
  if (!parsed.littleEndian) throw unsupportedFile(path, "is a big-endian GGUF; supported is little-endian");
  const headerEnd = parsed.tensorInfoByteRange[1];
  if (headerEnd > size) throw invalidFile(path, `is cut: its header needs ${headerEnd} bytes, the file has ${size}`);

  const start = Number(parsed.tensorDataOffset);
  const entries = parsed.tensorInfos.map((info): GgufTensorEntry => {
    const type = GGUF_TYPES.get(info.dtype);
    if (!type) {
      const names = [...GGUF_TYPES.values()].map(({ name }) => name).join(", ");
      throw unsupportedFile(path, `tensor ${info.name}: is of GGUF type ${info.dtype}; supported are ${names}`);
    }
    const shape = info.shape.map(Number).reverse();
    const elements = elementCount(shape);
    if (!Number.isSafeInteger(elements) || (shape.at(-1) ?? 0) % type.blockSize !== 0) {
      throw invalidFile(path, `tensor ${info.name}: shape [${shape.join(", ")}] is not possible for ${type.name}`);
    }
    const position = start + Number(info.offset);
    const byteLength = (elements / type.blockSize) * type.blockBytes;
    if (position + byteLength > size) {
      throw invalidFile(
        path,
        `tensor ${info.name}: is cut, it needs bytes ${position} to ${position + byteLength}, the file has ${size}`,
      );
    }
    return { name: info.name, type, shape, position, byteLength };
  });
  checkOverlap(entries, path);
  return { metadata: Object.fromEntries(Object.entries(parsed.metadata)), entries };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw fileSystemError(path, "read", error);
  }
}

async function parse(path: string, size: number) {
  try {
    return await gguf(path, { allowLocalFile: true });
  } catch (error) {
    throw invalidFile(path, `is not a readable GGUF file, or is cut off (${size} bytes): ${reasonOf(error)}`, error);
  }
}

function checkOverlap(entries: GgufTensorEntry[], path: string): void {
  const sorted = [...entries].sort((a, b) => a.position - b.position);
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!];
    if (before.position + before.byteLength > after.position) {
      throw invalidFile(path, `tensor ${after.name}: its bytes overlap those of ${before.name}`);
    }
  }
}
