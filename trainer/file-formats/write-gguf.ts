import { writeFileAtomically } from "./atomic-write";
import { writeAll } from "./tensor-file";

/** A value of a GGUF's metadata with the type it is written in. */
export type GgufValue =
  | { uint32: number }
  | { float32: number }
  | { boolean: boolean }
  | { text: string }
  | { texts: readonly string[] }
  | { int32s: readonly number[] };

/**
 * A tensor of a GGUF, outermost dimension first; `bytes` gives exactly `byteLength` bytes when the tensor's turn comes.
 */
export interface GgufOutput {
  name: string;
  shape: readonly number[];
  /** a number of enum ggml_type */
  type: number;
  byteLength: number;
  bytes(): Promise<Uint8Array>;
}

const VERSION = 3;
const ALIGNMENT = 32;
/** The numbers of enum gguf_type. */
const TYPE = { uint32: 4, int32: 5, float32: 6, boolean: 7, text: 8, array: 9 };

/**
 * Writes a GGUF file atomically, one tensor after the other.
 * Layout: github.com/ggml-org/ggml, docs/gguf.md (version 3, little-endian, tensors aligned to 32 bytes).
 */
export async function writeGguf(
  path: string,
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufOutput[],
): Promise<void> {
  const header = new Writer();
  header.bytes(new TextEncoder().encode("GGUF"));
  header.uint32(VERSION);
  header.uint64(tensors.length);
  header.uint64(metadata.size);
  for (const [key, value] of metadata) {
    header.text(key);
    header.value(value);
  }
  let offset = 0;
  for (const { name, shape, type, byteLength } of tensors) {
    header.text(name);
    header.uint32(shape.length);
    for (const size of [...shape].reverse()) header.uint64(size);
    header.uint32(type);
    header.uint64(offset);
    offset += aligned(byteLength);
  }
  header.bytes(new Uint8Array(aligned(header.length) - header.length));
  await writeFileAtomically(path, async (file) => {
    await writeAll(file, header.written());
    for (const { byteLength, bytes } of tensors) {
      await writeAll(file, await bytes());
      await writeAll(file, new Uint8Array(aligned(byteLength) - byteLength));
    }
  });
}

const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** Collects little-endian bytes in a buffer that grows. */
class Writer {
  length = 0;
  private room = Buffer.alloc(1 << 16);

  written(): Uint8Array {
    return this.room.subarray(0, this.length);
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.room.set(bytes, this.length);
    this.length += bytes.length;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.room.writeUInt32LE(value, this.length);
  }

  uint64(value: number): void {
    this.reserve(8);
    this.length = this.room.writeBigUInt64LE(BigInt(value), this.length);
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.uint64(bytes.length);
    this.bytes(bytes);
  }

  value(value: GgufValue): void {
    if ("uint32" in value) {
      this.uint32(TYPE.uint32);
      this.uint32(value.uint32);
    } else if ("float32" in value) {
      this.uint32(TYPE.float32);
      this.reserve(4);
      this.length = this.room.writeFloatLE(value.float32, this.length);
    } else if ("boolean" in value) {
      this.uint32(TYPE.boolean);
      this.bytes(Uint8Array.of(value.boolean ? 1 : 0));
    } else if ("text" in value) {
      this.uint32(TYPE.text);
      this.text(value.text);
    } else if ("texts" in value) {
      this.array(TYPE.text, value.texts.length);
      for (const text of value.texts) this.text(text);
    } else {
      this.array(TYPE.int32, value.int32s.length);
      for (const number of value.int32s) {
        this.reserve(4);
        this.length = this.room.writeInt32LE(number, this.length);
      }
    }
  }

  private array(type: number, length: number): void {
    this.uint32(TYPE.array);
    this.uint32(type);
    this.uint64(length);
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.room.length) return;
    const room = Buffer.alloc(2 * (this.length + bytes));
    room.set(this.written());
    this.room = room;
  }
}
