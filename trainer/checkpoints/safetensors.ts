import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { DomainError } from "@/domain/errors";
import { writeFileAtomically } from "./atomic-write";
import { fileSystemError, invalidFile } from "./file-errors";
import { fromBfloat, fromHalf } from "./half-precision";
import type { TensorEntry } from "./safetensors-header";
import { MAX_HEADER_BYTES, parseSafetensorsHeader } from "./safetensors-header";
import type { NamedTensor, NamedTensors } from "./tensor-file";
import { elementCount, readExactly, writeAll } from "./tensor-file";

export interface SafetensorsFile {
  tensors: NamedTensors;
  metadata: Record<string, string>;
}

/**
 * Reads one safetensors file. Floating types become Float32Array, integer types Int32Array (an I64 outside its range
 * is an error). A damaged or cut file gives one line naming file and tensor.
 * Layout: 8 bytes little-endian header length, JSON header, tensor bytes (github.com/huggingface/safetensors).
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const { size } = await file.stat();
    const { entries, metadata, dataStart } = await readHeader(file, size, path);
    const tensors: NamedTensors = new Map();
    for (const entry of entries) {
      const bytes = await readExactly(file, dataStart + entry.begin, entry.end - entry.begin);
      if (!bytes) throw invalidFile(path, `tensor ${entry.name}: is cut`);
      tensors.set(entry.name, { dtype: entry.dtype, shape: entry.shape, data: convert(bytes, entry, path) });
    }
    return { tensors, metadata };
  } catch (error) {
    throw error instanceof DomainError ? error : fileSystemError(path, "read", error);
  } finally {
    await file?.close();
  }
}

async function readHeader(file: FileHandle, size: number, path: string) {
  const prefix = await readExactly(file, 0, 8);
  if (!prefix) throw invalidFile(path, `is no safetensors file: it has only ${size} bytes`);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > size) {
    throw invalidFile(path, `the header is damaged or cut: it claims ${length} bytes, the file has ${size}`);
  }
  const header = await readExactly(file, 8, length);
  if (!header) throw invalidFile(path, "the header is cut");
  const dataStart = 8 + length;
  const text = new TextDecoder().decode(header);
  return { ...parseSafetensorsHeader(text, size - dataStart, path), dataStart };
}

function convert(bytes: Uint8Array, entry: TensorEntry, path: string): Float32Array | Int32Array {
  const { buffer } = bytes;
  switch (entry.dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return Float32Array.from(new Float64Array(buffer));
    case "F16":
      return fromHalf(new Uint16Array(buffer));
    case "BF16":
      return fromBfloat(new Uint16Array(buffer));
    case "I32":
      return new Int32Array(buffer);
    case "I64":
      return narrow(new BigInt64Array(buffer), entry, path);
    case "I16":
      return Int32Array.from(new Int16Array(buffer));
    case "I8":
      return Int32Array.from(new Int8Array(buffer));
    default: // U8, BOOL: the header admits no others
      return Int32Array.from(bytes);
  }
}

function narrow(values: BigInt64Array, entry: TensorEntry, path: string): Int32Array {
  const narrowed = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (value !== (value | 0))
      throw invalidFile(path, `tensor ${entry.name}: ${values[i]} at ${i} does not fit 32 bits`);
    narrowed[i] = value;
  }
  return narrowed;
}

/** `transformers` refuses a file that does not say which framework wrote it. */
const PYTORCH = { format: "pt" };

/**
 * Writes one safetensors file, atomically and in a fixed order (by name), so that equal tensors give equal bytes.
 * Float32Array goes out as F32, Int32Array as I32.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Pick<NamedTensor, "shape" | "data">>,
  metadata: Record<string, string> = PYTORCH,
): Promise<void> {
  const names = [...tensors.keys()].sort();
  const sortedMetadata = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
  const header: Record<string, unknown> = { __metadata__: sortedMetadata };
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    if (elementCount(shape) !== data.length) {
      throw invalidFile(path, `tensor ${name}: shape [${shape.join(", ")}] does not fit ${data.length} values`);
    }
    const end = offset + data.byteLength;
    header[name] = { dtype: data instanceof Float32Array ? "F32" : "I32", shape, data_offsets: [offset, end] };
    offset = end;
  }
  await writeFileAtomically(path, async (file) => {
    await writeAll(file, encodeHeader(header));
    for (const name of names) {
      const { data } = tensors.get(name)!;
      await writeAll(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  });
}

/** Spaces fill the header up to a multiple of 8, so that tensors start aligned. */
function encodeHeader(header: Record<string, unknown>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
