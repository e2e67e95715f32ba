import type { FileHandle } from "node:fs/promises";
import { DomainError } from "@/domain/errors";
import { writeFileAtomically } from "./atomic-write";
import { fileSystemError, invalidFile } from "./file-errors";
import { fromBfloat, fromHalf } from "./half-precision";
import type { TensorEntry } from "./safetensors-header";
import { MAX_HEADER_BYTES, parseSafetensorsHeader } from "./safetensors-header";
import type { NamedTensor, NamedTensors, TensorOutput } from "./tensor-file";
import { elementCount, openToRead, readExactly, readExactlyNow, writeAll } from "./tensor-file";
import { readAll, type TensorStore } from "./tensor-store";

export interface SafetensorsFile {
  tensors: NamedTensors;
  metadata: Record<string, string>;
}

export interface SafetensorsStore extends TensorStore {
  metadata: Record<string, string>;
}

/**
 * Opens one safetensors file. Floating types become Float32Array, integer types Int32Array (an I64 outside its range
 * is an error). A damaged or cut file gives one line naming file and tensor.
 * Layout: 8 bytes little-endian header length, JSON header, tensor bytes (github.com/huggingface/safetensors).
 */
export async function openSafetensors(path: string): Promise<SafetensorsStore> {
  const file = await openToRead(path);
  try {
    const { size } = await file.stat();
    const { entries, metadata, dataStart } = await readHeader(file, size, path);
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    const find = (name: string) => {
      const entry = byName.get(name);
      if (!entry) throw invalidFile(path, `tensor ${name}: is missing`);
      return { entry, position: dataStart + entry.begin, length: entry.end - entry.begin };
    };
    const decode = (bytes: Uint8Array | null, entry: TensorEntry): NamedTensor => {
      if (!bytes) throw invalidFile(path, `tensor ${entry.name}: is cut`);
      return { dtype: entry.dtype, shape: entry.shape, data: convert(bytes, entry, path) };
    };
    return {
      entries: byName,
      metadata,
      async read(name) {
        const { entry, position, length } = find(name);
        const bytes = await readExactly(file, position, length).catch((error) => {
          throw fileSystemError(path, "read", error);
        });
        return decode(bytes, entry);
      },
      readNow(name) {
        const { entry, position, length } = find(name);
        return decode(readExactlyNow(path, position, length), entry);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error instanceof DomainError ? error : fileSystemError(path, "read", error);
  }
}

/** Reads one whole safetensors file into memory. */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const store = await openSafetensors(path);
  return { tensors: await readAll(store), metadata: store.metadata };
}

async function readHeader(file: FileHandle, size: number, path: string) {
  const prefix = await readExactly(file, 0, 8);
  if (!prefix) throw invalidFile(path, `is not a safetensors file: it has only ${size} bytes`);
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
    default: // U8 and BOOL; the header admits no other types
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
  await writeSafetensorsOutputs(path, outputsOf(tensors, path), metadata);
}

/** Makes tensors in memory into outputs to write. `path` is for messages. */
export function outputsOf(
  tensors: ReadonlyMap<string, Pick<NamedTensor, "shape" | "data">>,
  path: string,
): TensorOutput[] {
  return [...tensors].map(([name, { shape, data }]) => {
    if (elementCount(shape) !== data.length) {
      throw invalidFile(path, `tensor ${name}: shape [${shape.join(", ")}] does not fit ${data.length} values`);
    }
    return {
      name,
      shape,
      dtype: data instanceof Float32Array ? "F32" : "I32",
      byteLength: data.byteLength,
      bytes: async () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  });
}

/** Writes one safetensors file from tensors that are made one at a time, each when its turn comes. */
export async function writeSafetensorsOutputs(
  path: string,
  outputs: readonly TensorOutput[],
  metadata: Record<string, string> = PYTORCH,
): Promise<void> {
  const sorted = [...outputs].sort((a, b) => (a.name < b.name ? -1 : 1));
  const sortedMetadata = Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
  const header: Record<string, unknown> = { __metadata__: sortedMetadata };
  let offset = 0;
  for (const { name, shape, dtype, byteLength } of sorted) {
    const end = offset + byteLength;
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  await writeFileAtomically(path, async (file) => {
    await writeAll(file, encodeHeader(header));
    for (const { bytes } of sorted) await writeAll(file, await bytes());
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
