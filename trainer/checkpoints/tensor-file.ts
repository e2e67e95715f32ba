import type { FileHandle } from "node:fs/promises";

/** A tensor as it lies in a file, already converted to what TensorFlow takes. `data` is row-major. */
export interface NamedTensor {
  /** The type it had in the file: F32, F16, BF16, I64, I32, Q8_0 … */
  dtype: string;
  shape: number[];
  data: Float32Array | Int32Array;
}

export type NamedTensors = Map<string, NamedTensor>;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** One read call takes at most 2 GiB − 1 byte; larger tensors come in pieces. */
const PIECE = 1 << 30;

/** Reads exactly `length` bytes at `position`; `null` when the file ends before. */
export async function readExactly(file: FileHandle, position: number, length: number): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(PIECE, length - done), position + done);
    if (bytesRead === 0) return null;
    done += bytesRead;
  }
  return bytes;
}

export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(PIECE, bytes.byteLength - done));
    done += bytesWritten;
  }
}
