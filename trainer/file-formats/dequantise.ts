import { fromBfloat, fromHalf, halfPrecisionTable } from "./half-precision";

/**
 * A type of GGUF tensor that can be read. Quantised types keep blocks of 32 values with a shared half-precision scale.
 * Layouts: github.com/ggml-org/ggml, src/ggml-common.h (block_q4_0, block_q4_1, block_q8_0).
 */
export interface GgufType {
  name: string;
  /** The number of values in a block, and the bytes that a block takes. */
  blockSize: number;
  blockBytes: number;
  /** `bytes` starts at offset 0 of its own buffer and holds whole blocks. */
  decode(bytes: Uint8Array): Float32Array;
}

const BLOCK = 32;

/** The types by the number that stands in the file (enum ggml_type). */
export const GGUF_TYPES: ReadonlyMap<number, GgufType> = new Map([
  [0, { name: "F32", blockSize: 1, blockBytes: 4, decode: (bytes) => new Float32Array(bytes.buffer) }],
  [1, { name: "F16", blockSize: 1, blockBytes: 2, decode: (bytes) => fromHalf(new Uint16Array(bytes.buffer)) }],
  [2, { name: "Q4_0", blockSize: BLOCK, blockBytes: 18, decode: decodeQ4Symmetric }],
  [3, { name: "Q4_1", blockSize: BLOCK, blockBytes: 20, decode: decodeQ4Affine }],
  [8, { name: "Q8_0", blockSize: BLOCK, blockBytes: 34, decode: decodeQ8 }],
  [30, { name: "BF16", blockSize: 1, blockBytes: 2, decode: (bytes) => fromBfloat(new Uint16Array(bytes.buffer)) }],
]);

/** value = scale · (nibble − 8); block: scale, then 16 bytes whose low nibbles are values 0–15, high ones 16–31. */
function decodeQ4Symmetric(bytes: Uint8Array): Float32Array {
  const half = halfPrecisionTable();
  const blocks = bytes.length / 18;
  const values = new Float32Array(blocks * BLOCK);
  for (let block = 0; block < blocks; block++) {
    const at = block * 18;
    const to = block * BLOCK;
    const scale = half[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 2 + i]!;
      values[to + i] = scale * ((pair & 15) - 8);
      values[to + 16 + i] = scale * ((pair >> 4) - 8);
    }
  }
  return values;
}

/** value = scale · nibble + minimum; block: scale, minimum, 16 bytes as in Q4_0. */
function decodeQ4Affine(bytes: Uint8Array): Float32Array {
  const half = halfPrecisionTable();
  const blocks = bytes.length / 20;
  const values = new Float32Array(blocks * BLOCK);
  for (let block = 0; block < blocks; block++) {
    const at = block * 20;
    const to = block * BLOCK;
    const scale = half[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const minimum = half[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 4 + i]!;
      values[to + i] = scale * (pair & 15) + minimum;
      values[to + 16 + i] = scale * (pair >> 4) + minimum;
    }
  }
  return values;
}

/** value = scale · signed byte; block: scale, 32 bytes. */
function decodeQ8(bytes: Uint8Array): Float32Array {
  const half = halfPrecisionTable();
  const signed = new Int8Array(bytes.buffer);
  const blocks = bytes.length / 34;
  const values = new Float32Array(blocks * BLOCK);
  for (let block = 0; block < blocks; block++) {
    const at = block * 34;
    const to = block * BLOCK;
    const scale = half[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let i = 0; i < BLOCK; i++) values[to + i] = scale * signed[at + 2 + i]!;
  }
  return values;
}
