import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readSafetensors, writeSafetensors } from "./safetensors";
import { readSafetensorsFolder } from "./safetensors-folder";

const golden = path.join(import.meta.dirname, "../fixtures/goldens/llama/model.safetensors");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a file from a header object and its data bytes, with the true header length unless another is given. */
async function craft(name: string, header: unknown, data: Uint8Array, length?: bigint): Promise<string> {
  const json = typeof header === "string" ? header : JSON.stringify(header);
  const bytes = Buffer.alloc(8 + json.length + data.length);
  bytes.writeBigUInt64LE(length ?? BigInt(json.length));
  bytes.write(json, 8);
  bytes.set(data, 8 + json.length);
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
}

describe("readSafetensors", () => {
  it("writes what PyTorch wrote, byte for byte", async () => {
    const { tensors, metadata } = await readSafetensors(golden);
    expect(tensors.get("model.layers.1.self_attn.k_proj.weight")?.shape).toEqual([32, 64]);
    expect(metadata).toEqual({ format: "pt" });
    const copy = path.join(folder, "copy.safetensors");
    await writeSafetensors(copy, new Map([...tensors].reverse()), metadata);
    expect(Buffer.compare(await readFile(copy), await readFile(golden))).toBe(0);
  });

  it("converts every type", async () => {
    const data = Buffer.alloc(8 + 8 + 4 + 4 + 4 + 2 + 2 + 2);
    data.writeBigInt64LE(-7n, 0);
    data.writeDoubleLE(0.5, 8);
    data.writeFloatLE(1.25, 16);
    data.writeUInt16LE(0x3c00, 20); // half: 1
    data.writeUInt16LE(0x8001, 22); // half: the smallest negative subnormal
    data.writeUInt16LE(0x7c00, 24); // half: infinity
    data.writeUInt16LE(0xc049, 26); // bfloat: −3.140625
    data.writeInt16LE(-300, 28);
    data.writeInt8(-5, 30);
    data.writeUInt8(250, 31);
    data.writeUInt8(1, 32);
    const file = await craft(
      "types.safetensors",
      {
        long: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
        double: { dtype: "F64", shape: [], data_offsets: [8, 16] },
        single: { dtype: "F32", shape: [1, 1], data_offsets: [16, 20] },
        half: { dtype: "F16", shape: [3], data_offsets: [20, 26] },
        brain: { dtype: "BF16", shape: [1], data_offsets: [26, 28] },
        short: { dtype: "I16", shape: [1], data_offsets: [28, 30] },
        tiny: { dtype: "I8", shape: [1], data_offsets: [30, 31] },
        byte: { dtype: "U8", shape: [1], data_offsets: [31, 32] },
        flag: { dtype: "BOOL", shape: [1], data_offsets: [32, 33] },
        none: { dtype: "F32", shape: [0, 4], data_offsets: [33, 33] },
      },
      data.subarray(0, 33),
    );
    const { tensors } = await readSafetensors(file);
    const values = Object.fromEntries([...tensors].map(([name, { data }]) => [name, [...data]]));
    expect(values).toEqual({
      long: [-7],
      double: [0.5],
      single: [1.25],
      half: [1, -(2 ** -24), Number.POSITIVE_INFINITY],
      brain: [-3.140625],
      short: [-300],
      tiny: [-5],
      byte: [250],
      flag: [1],
      none: [],
    });
    expect(tensors.get("double")?.shape).toEqual([]);
  });

  const four = new Uint8Array(4);
  const entry = (begin: number, end: number, shape = [1], dtype = "F32") => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  it.each([
    [
      "a header length beyond the file",
      { a: entry(0, 4) },
      four,
      1_000_000n,
      /header is damaged or cut: it claims 1000000/,
    ],
    ["a header length with its top bit flipped", { a: entry(0, 4) }, four, 1n << 63n, /header is damaged or cut/],
    ["a header that is no JSON", '{"a": {', four, undefined, /header is damaged: not valid JSON/],
    ["a header that is a list", [1], four, undefined, /header is damaged: not a JSON object/],
    ["a tensor cut at the end", { a: entry(0, 8, [2]) }, four, undefined, /tensor a: is cut, the file ends 4 bytes/],
    ["bytes left over", { a: entry(0, 4) }, new Uint8Array(9), undefined, /5 bytes after the last tensor/],
    [
      "overlap",
      { a: entry(0, 8, [2]), b: entry(4, 12, [2]) },
      new Uint8Array(12),
      undefined,
      /tensor b: its bytes overlap/,
    ],
    ["a hole", { a: entry(0, 4), b: entry(8, 12) }, new Uint8Array(12), undefined, /tensor b: starts at 8/],
    ["offsets backwards", { a: entry(4, 0) }, four, undefined, /tensor a: .* run backwards/],
    [
      "offsets that are no numbers",
      { a: { dtype: "F32", shape: [1], data_offsets: ["0", 4] } },
      four,
      undefined,
      /tensor a: its "data_offsets"/,
    ],
    ["a negative size", { a: entry(0, 4, [-1]) }, four, undefined, /tensor a: its "shape"/],
    [
      "a shape that does not fit",
      { a: entry(0, 4, [3]) },
      four,
      undefined,
      /tensor a: shape \[3\] of F32 takes 12 bytes/,
    ],
    [
      "an unknown type",
      { a: entry(0, 4, [4], "F8_E4M3") },
      four,
      undefined,
      /tensor a: its type F8_E4M3 is not supported/,
    ],
    [
      "an id beyond 32 bits",
      { a: entry(0, 8, [1], "I64") },
      new Uint8Array(8).fill(127),
      undefined,
      /tensor a: .* does not fit 32 bits/,
    ],
    [
      "metadata that is no text",
      { __metadata__: { a: 1 } },
      new Uint8Array(0),
      undefined,
      /"__metadata__.a" should be a text/,
    ],
  ])("refuses %s in one line that names the file", async (name, header, data, length, message) => {
    const file = await craft(`${name.replaceAll(" ", "-")}.safetensors`, header, data, length);
    const error = await readSafetensors(file).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "DomainError", code: "model-file-invalid" });
    const { userMessage } = error as { userMessage: string };
    expect(userMessage).toMatch(message);
    expect(userMessage.startsWith(`${file}: `) && !userMessage.includes("\n")).toBe(true);
  });

  it("refuses a file cut anywhere, and survives any flipped bit of the header", async () => {
    const whole = await readFile(golden);
    const file = path.join(folder, "damaged.safetensors");
    for (const length of [0, 7, 8, 100, 2151, 2152, 2153, 300_000, whole.length - 1]) {
      await writeFile(file, whole.subarray(0, length));
      await expect(readSafetensors(file), `cut at ${length}`).rejects.toMatchObject({ code: "model-file-invalid" });
    }
    for (let bit = 0; bit < 8 * 400; bit += 7) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await writeFile(file, damaged);
      const result = await readSafetensors(file).catch((error: unknown) => error);
      // A flipped bit that goes unnoticed may only have changed a name or a metadata text.
      if (result instanceof Error) expect(result, `bit ${bit}`).toMatchObject({ code: "model-file-invalid" });
    }
  });

  it("names a file that is missing", async () => {
    await expect(readSafetensors("/nowhere/model.safetensors")).rejects.toMatchObject({
      code: "model-not-found",
      userMessage: "/nowhere/model.safetensors: there is no such file",
    });
  });
});

describe("writeSafetensors", () => {
  it("keeps integers and leaves the older file when it fails", async () => {
    const file = path.join(folder, "kept.safetensors");
    await writeSafetensors(file, new Map([["steps", { shape: [2], data: Int32Array.of(3, -4) }]]), { cursor: "7" });
    await expect(writeSafetensors(file, new Map([["steps", { shape: [3], data: Int32Array.of(1) }]]))).rejects.toThrow(
      "tensor steps: shape [3] does not fit 1 values",
    );
    const { tensors, metadata } = await readSafetensors(file);
    expect(tensors.get("steps")).toEqual({ dtype: "I32", shape: [2], data: Int32Array.of(3, -4) });
    expect(metadata).toEqual({ cursor: "7" });
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("readSafetensorsFolder", () => {
  it("joins shards, and names a tensor that its shard lacks", async () => {
    const sharded = await mkdtemp(path.join(folder, "shards-"));
    const one = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
    await writeSafetensors(path.join(sharded, "model-1.safetensors"), new Map([["a", one(1)]]));
    await writeSafetensors(path.join(sharded, "model-2.safetensors"), new Map([["b", one(2)]]));
    const index = path.join(sharded, "model.safetensors.index.json");
    const weightMap = { a: "model-1.safetensors", b: "model-2.safetensors" };
    await writeFile(index, JSON.stringify({ weight_map: weightMap }));
    const tensors = await readSafetensorsFolder(sharded);
    expect([...tensors.keys()].sort()).toEqual(["a", "b"]);

    await writeFile(index, JSON.stringify({ weight_map: { ...weightMap, c: "model-2.safetensors" } }));
    await expect(readSafetensorsFolder(sharded)).rejects.toThrow("model-2.safetensors: tensor c: is missing");
    await writeFile(index, JSON.stringify({ weight_map: { ...weightMap, c: "model-3.safetensors" } }));
    await expect(readSafetensorsFolder(sharded)).rejects.toThrow(
      "model-3.safetensors: is missing, though model.safetensors.index.json names it",
    );
    await writeFile(index, JSON.stringify({ weight_map: { a: "../secret.safetensors" } }));
    await expect(readSafetensorsFolder(sharded)).rejects.toThrow('tensor a: "weight_map" should give a file name');
  });

  it("says what is missing", async () => {
    const empty = await mkdtemp(path.join(folder, "empty-"));
    await expect(readSafetensorsFolder(empty)).rejects.toThrow("holds no model.safetensors");
    await writeFile(path.join(empty, "pytorch_model.bin"), "");
    await expect(readSafetensorsFolder(empty)).rejects.toThrow("only safetensors are read");
  });
});
