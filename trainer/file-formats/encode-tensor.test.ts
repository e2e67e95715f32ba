import { describe, expect, it } from "vitest";
import { GGUF_TYPES } from "./dequantise";
import { ENCODINGS, encodeTensor } from "./encode-tensor";
import { fromHalf, toBfloat, toHalf } from "./half-precision";

describe("toHalf", () => {
  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519, 0x7bff],
    [65_520, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [Number.NaN, 0x7e00],
    [-0, 0x8000],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // half of the smallest number: a tie, rounded to even
    [3 * 2 ** -25, 0x0002],
    [2 ** -14 - 2 ** -26, 0x0400], // rounds up into the normal numbers
    [1 + 2 ** -11, 0x3c00], // a tie, to even
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 - 2 ** -12, 0x4000], // the carry runs into the exponent
  ])("%d is %i", (value, bits) => {
    expect(toHalf(Float32Array.of(value))[0]).toBe(bits);
  });

  it("gives every half back as it was", () => {
    const all = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00);
    expect(toHalf(fromHalf(all))).toEqual(all);
  });
});

describe("toBfloat", () => {
  it.each([
    [1, 0x3f80],
    [-3.140625, 0xc049],
    [1 + 2 ** -8, 0x3f80], // a tie, to even
    [1 + 3 * 2 ** -8, 0x3f82],
    [Number.NaN, 0x7fc0],
    [Number.POSITIVE_INFINITY, 0x7f80],
  ])("%d is %i", (value, bits) => {
    expect(toBfloat(Float32Array.of(value))[0]).toBe(bits);
  });
});

describe("encodeTensor", () => {
  it("writes Q8_0 as a half-precision scale and 32 signed bytes", () => {
    const values = new Float32Array(64);
    // The scale 2 is exact in half precision; the second block is empty.
    values.set([254, -254, 3, -3, 1, -1, 0.9], 0);
    const bytes = encodeTensor(values, ENCODINGS.Q8_0, "t", "m");
    expect([...bytes.subarray(0, 10)]).toEqual([0, 0x40, 127, 129, 2, 254, 1, 255, 0, 0]); // halves away from zero
    expect([...bytes.subarray(34)]).toEqual(new Array(34).fill(0));
    const back = GGUF_TYPES.get(8)!.decode(bytes);
    expect([...back.subarray(0, 7)]).toEqual([254, -254, 4, -4, 2, -2, 0]);
  });

  it("is within half a step of what it was", () => {
    const values = Float32Array.from({ length: 3200 }, (_, i) => Math.sin(i * 1.7) * (1 + (i % 7)));
    const back = GGUF_TYPES.get(8)!.decode(encodeTensor(values, ENCODINGS.Q8_0, "t", "m"));
    const worst = values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - back[i]!)), 0);
    expect(worst).toBeLessThan((7 / 127 / 2) * 1.05);
    expect(worst).toBeGreaterThan(0);
  });

  it("refuses what the type cannot hold, by name", () => {
    const message = "m.safetensors: tensor t: holds 70000, which F16 cannot hold; write F32 or BF16";
    expect(() => encodeTensor(Float32Array.of(1, -70_000), ENCODINGS.F16, "t", "m.safetensors")).toThrow(message);
  });
});
