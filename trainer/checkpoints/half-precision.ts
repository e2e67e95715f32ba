/** IEEE half precision by table: 65,536 entries cost 256 KB once and make 100 M conversions a matter of lookups. */
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

/** float32 value of every half-precision bit pattern, by its 16 bits. */
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
