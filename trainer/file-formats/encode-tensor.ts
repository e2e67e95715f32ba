import type { WeightType } from "@/domain/models/export-options";
import { invalidFile } from "./file-errors";
import { toBfloat, toHalf } from "./half-precision";

/** A type that weights can be written in. Layouts: github.com/ggml-org/ggml, src/ggml-common.h. */
export interface Encoding {
  name: WeightType;
  /** The type's number in a GGUF (enum ggml_type). */
  ggufType: number;
  /** The number of values in a block along the last dimension, and the bytes that a block takes. */
  blockSize: number;
  blockBytes: number;
  /** The largest magnitude that the type can hold. */
  largest: number;
  encode(values: Float32Array): Uint8Array;
}

const BLOCK = 32;
const LARGEST_HALF = 65_504;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
const plain = { blockSize: 1, largest: Number.POSITIVE_INFINITY };

export const ENCODINGS: Readonly<Record<WeightType, Encoding>> = {
  F32: { ...plain, name: "F32", ggufType: 0, blockBytes: 4, encode: bytesOf },
  F16: {
    ...plain,
    name: "F16",
    ggufType: 1,
    blockBytes: 2,
    largest: LARGEST_HALF,
    encode: (values) => bytesOf(toHalf(values)),
  },
  BF16: { ...plain, name: "BF16", ggufType: 30, blockBytes: 2, encode: (values) => bytesOf(toBfloat(values)) },
  Q8_0: {
    name: "Q8_0",
    ggufType: 8,
    blockSize: BLOCK,
    blockBytes: 34,
    largest: 127 * LARGEST_HALF,
    encode: encodeQ8,
  },
};

/**
 * Encodes `values` in a type, or throws one line that names the tensor if a value does not fit. `place` is the file
 * they came from.
 */
export function encodeTensor(values: Float32Array, encoding: Encoding, name: string, place: string): Uint8Array {
  if (encoding.largest < Number.POSITIVE_INFINITY) {
    let largest = 0;
    for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
    if (largest > encoding.largest) {
      throw invalidFile(
        place,
        `tensor ${name}: holds ${largest}, which ${encoding.name} cannot hold; write F32 or BF16`,
      );
    }
  }
  return encoding.encode(values);
}

/**
 * Encodes blocks of 32 values as signed bytes with one scale, the largest magnitude over 127 (quantize_row_q8_0_ref).
 * Halves round away from zero and products are in single precision, so that the bytes are llama.cpp's own.
 */
function encodeQ8(values: Float32Array): Uint8Array {
  const blocks = values.length / BLOCK;
  const bytes = new Uint8Array(blocks * 34);
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    let largest = 0;
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) largest = Math.max(largest, Math.abs(values[i]!));
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    scales[block] = scale;
    const to = block * 34 + 2;
    for (let i = 0; i < BLOCK; i++) {
      const quotient = Math.fround(values[block * BLOCK + i]! * inverse);
      bytes[to + i] = quotient < 0 ? -Math.floor(0.5 - quotient) : Math.floor(0.5 + quotient);
    }
  }
  const halves = toHalf(scales);
  for (let block = 0; block < blocks; block++) {
    bytes[block * 34] = halves[block]! & 255;
    bytes[block * 34 + 1] = halves[block]! >> 8;
  }
  return bytes;
}
