import { closeSync, openSync, readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { fileSystemError } from "./file-errors";

/** A tensor from a file, already converted to a type that TensorFlow takes. `data` is row-major. */
export interface NamedTensor {
  /** The type of the tensor in the file: F32, F16, BF16, I64, I32, Q8_0 … */
  dtype: string;
  shape: number[];
  data: Float32Array | Int32Array;
}

export type NamedTensors = Map<string, NamedTensor>;

/** A tensor to be written, made when its turn comes: `bytes` gives exactly `byteLength` bytes. */
export interface TensorOutput {
  name: string;
  shape: number[];
  /** The type of the tensor in the file to be written. */
  dtype: string;
  byteLength: number;
  bytes(): Promise<Uint8Array>;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Whether all numbers are finite. 0 · x is NaN only for a non-finite x, and one pass of sums is faster than a test for
 * each element.
 */
export function isFiniteThroughout(data: Float32Array | Int32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! * 0;
  return !Number.isNaN(sum);
}

export async function openToRead(path: string): Promise<FileHandle> {
  return open(path, "r").catch((error: unknown) => {
    throw fileSystemError(path, "read", error);
  });
}

/** Transposes [rows, columns] → [columns, rows] in host memory. */
export function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c]!;
  }
  return turned;
}

/** One read call takes at most 2 GiB − 1 byte; larger tensors come in pieces. */
const PIECE = 1 << 30;

/** Reads exactly `length` bytes at `position`; gives `null` when the file ends before. */
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

/**
 * Opens a file, reads exactly `length` bytes at `position` synchronously, and closes it; gives `null` when the file
 * ends before.
 */
export function readExactlyNow(path: string, position: number, length: number): Uint8Array | null {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const bytesRead = readSync(file, bytes, done, Math.min(PIECE, length - done), position + done);
      if (bytesRead === 0) return null;
      done += bytesRead;
    }
    return bytes;
  } catch (error) {
    throw fileSystemError(path, "read", error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(PIECE, bytes.byteLength - done));
    done += bytesWritten;
  }
}
