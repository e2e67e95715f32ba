/**
 * The float32 values of IEEE half precision: the table costs 256 KB once and makes 100 M conversions a matter of
 * lookups.
 */
let halfTable: Float32Array | null = null;

function buildHalfTable(): Float32Array {
  const table = new Float32Array(1 << 16);
  for (let bits = 0; bits < 1 << 16; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) table[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/** The float32 value of every half-precision bit pattern, by its 16 bits. */
export function halfPrecisionTable(): Float32Array {
  halfTable ??= buildHalfTable();
  return halfTable;
}

/** `bits`: IEEE half-precision patterns. */
export function fromHalf(bits: Uint16Array): Float32Array {
  const table = halfPrecisionTable();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]!]!;
  return values;
}

/** `bits`: bfloat16 patterns, which are the upper half of a float32. */
export function fromBfloat(bits: Uint16Array): Float32Array {
  const patterns = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) patterns[i] = bits[i]! << 16;
  return new Float32Array(patterns.buffer);
}

const bitsOf = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

/** Rounds to IEEE half-precision patterns: to nearest, ties to even; from 65,520 on the result is infinity. */
export function toHalf(values: Float32Array): Uint16Array {
  const patterns = bitsOf(values);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const sign = (patterns[i]! >>> 16) & 0x8000;
    const magnitude = patterns[i]! & 0x7fffffff;
    if (magnitude >= 0x47800000) bits[i] = sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
    // Below 2^-14 the step is 2^-24; adding 2^52 leaves a double no room for a fraction, so it rounds.
    else if (magnitude < 0x38800000) bits[i] = sign | (Math.abs(values[i]!) * 2 ** 24 + 2 ** 52 - 2 ** 52);
    // The carry of the rounding may run into the exponent, which is then the right one.
    else bits[i] = sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
  }
  return bits;
}

/** Rounds to bfloat16 patterns: to nearest, ties to even. */
export function toBfloat(values: Float32Array): Uint16Array {
  const patterns = bitsOf(values);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const pattern = patterns[i]!;
    const notANumber = (pattern & 0x7fffffff) > 0x7f800000;
    bits[i] = notANumber ? 0x7fc0 : (pattern + 0x7fff + ((pattern >>> 16) & 1)) >>> 16;
  }
  return bits;
}
