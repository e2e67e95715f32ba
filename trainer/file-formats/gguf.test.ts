import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGguf } from "./gguf";
import { configFromGguf } from "./gguf-config";
import { readGgufHeader } from "./gguf-header";
import { readSafetensors } from "./safetensors";

/**
 * The golden Llama as gguf-py quantised it, with every type that can be read, and the values that gguf-py reads back.
 */
const fixture = path.join(import.meta.dirname, "fixtures/llama-quantised.gguf");
const goldens = path.join(import.meta.dirname, "../fixtures/goldens/llama");
interface Expected {
  dtype: string;
  sum: number;
  sumOfSquares: number;
  at: Record<string, number>;
}

let folder: string;
let whole: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "gguf-"));
  whole = await readFile(fixture);
});
afterAll(() => rm(folder, { recursive: true }));

async function damaged(change: (bytes: Buffer) => Buffer): Promise<string> {
  const file = path.join(folder, "damaged.gguf");
  await writeFile(file, change(Buffer.from(whole)));
  return file;
}

/** Overwrites bytes from `skip` bytes after the first place where `key` stands in the header. */
function patch(bytes: Buffer, key: string, skip: number, value: number[]): Buffer {
  const at = bytes.indexOf(key);
  if (at < 0) throw new Error(`no ${key}`);
  bytes.set(value, at + key.length + skip);
  return bytes;
}

describe("readGguf", () => {
  it("dequantises every type exactly as gguf-py does", async () => {
    const expected: Record<string, Expected> = JSON.parse(await readFile(fixture.replace(".gguf", ".json"), "utf8"));
    const { tensors } = await readGguf(fixture);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
    expect(new Set([...tensors.values()].map(({ dtype }) => dtype))).toEqual(
      new Set(["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q8_0"]),
    );
    for (const [name, { dtype, sum, sumOfSquares, at }] of Object.entries(expected)) {
      const tensor = tensors.get(name)!;
      const values = Array.from(tensor.data);
      expect(tensor.dtype, name).toBe(dtype);
      expect(
        values.reduce((total, value) => total + value, 0),
        name,
      ).toBeCloseTo(sum, 9);
      expect(
        values.reduce((total, value) => total + value * value, 0),
        name,
      ).toBeCloseTo(sumOfSquares, 8);
      for (const [index, value] of Object.entries(at)) expect(values[Number(index)], `${name}[${index}]`).toBe(value);
    }
  });

  it("gives the weights of the Hugging Face folder it was made from, rows of rotary projections included", async () => {
    const { tensors } = await readGguf(fixture);
    const original = (await readSafetensors(path.join(goldens, "model.safetensors"))).tensors;
    for (const [name, { shape, data }] of original) {
      const read = tensors.get(name)!;
      expect(read.shape, name).toEqual(shape);
      // Four bits are wrong by at most about a fifteenth of a block's range; rows in a wrong order would differ by the
      // whole range.
      const worst = Array.from(data).reduce((worst, value, i) => Math.max(worst, Math.abs(value - read.data[i]!)), 0);
      expect(worst, name).toBeLessThan(0.05);
    }
  });

  it("rebuilds configuration, tokenizer and chat template", async () => {
    const { config, tokenizer, chatTemplate } = await readGguf(fixture);
    const original = JSON.parse(await readFile(path.join(goldens, "config.json"), "utf8"));
    for (const key of Object.keys(config.raw).filter((key) => key !== "initializer_range" && key in original)) {
      expect(config.raw[key], key).toEqual(original[key]);
    }
    expect(config).toMatchObject({
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      headDim: 16,
      normEpsilon: 1e-5,
      eosTokenIds: [2],
    });
    expect(chatTemplate).toBe(await readFile(path.join(goldens, "chat_template.jinja"), "utf8"));
    expect(tokenizer.vocabSize).toBe(512);
  });

  it("refuses a file cut anywhere", async () => {
    for (const length of [0, 3, 4, 20, 500, 5000, 14_000, 16_000, 40_000, whole.length - 4000]) {
      const file = await damaged((bytes) => bytes.subarray(0, length));
      const error = await readGguf(file).catch((thrown: unknown) => thrown);
      expect(error, `cut at ${length}`).toMatchObject({ name: "DomainError", code: "model-file-invalid" });
      expect((error as Error).message.startsWith(`${file}: `)).toBe(true);
    }
    const file = await damaged((bytes) => bytes.subarray(0, 100_000));
    await expect(readGguf(file)).rejects.toThrow(/tensor \S+: is cut, it needs bytes \d+ to \d+, the file has 100000/);
  });

  it.each([
    ["no GGUF", (bytes: Buffer) => patch(bytes, "GGU", 0, [0x58]), "is not a readable GGUF file"],
    ["a huge count of tensors", (bytes: Buffer) => patch(bytes, "GGUF", 10, [255, 255]), "is not a readable GGUF file"],
    [
      "another architecture",
      (bytes: Buffer) => patch(bytes, "general.architecture", 12, [0x6d]),
      '"general.architecture" is "mlama"',
    ],
    ["an unknown tensor", (bytes: Buffer) => patch(bytes, "blk.1.ffn_", 0, [0x78]), "tensor blk.1.ffn_x"],
    [
      "an unknown type of tensor",
      (bytes: Buffer) => patch(bytes, "output.weight", 20, [13]),
      "tensor output.weight: is of GGUF type 13; supported are F32",
    ],
    [
      "an offset beyond the file",
      (bytes: Buffer) => patch(bytes, "output.weight", 24 + 3, [1]),
      "tensor output.weight: is cut",
    ],
    [
      "overlapping tensors",
      (bytes: Buffer) => patch(bytes, "token_embd.weight", 24, [0, 0, 0, 0]),
      "its bytes overlap those of",
    ],
    [
      "a shape that its type cannot have",
      (bytes: Buffer) => patch(bytes, "output.weight", 4, [33]),
      "tensor output.weight: shape [512, 33] is not possible for Q4_1",
    ],
  ])("refuses %s, naming file and place", async (_, change, message) => {
    const file = await damaged(change);
    await expect(readGguf(file)).rejects.toThrow(`${file}: `);
    await expect(readGguf(file)).rejects.toThrow(message);
  });

  it("names a file that is missing", async () => {
    await expect(readGguf("/nowhere/model.gguf")).rejects.toThrow("/nowhere/model.gguf: there is no such file");
  });
});

describe("configFromGguf", () => {
  it.each([
    [{ "llama.block_count": undefined }, 'm.gguf: "llama.block_count" is missing'],
    [{ "llama.rope.scaling.type": "longrope" }, '"llama.rope.scaling.type" is "longrope"'],
    [
      { "llama.rope.scaling.type": "yarn", "llama.rope.scaling.yarn_ext_factor": 0.5 },
      '"llama.rope.scaling.yarn_ext_factor" is 0.5; supported are none, linear, and yarn without it',
    ],
    [{ "llama.rope.dimension_count": 8 }, '"llama.rope.dimension_count" is 8'],
  ])("refuses %j", async (change, message) => {
    const { metadata, entries } = await readGgufHeader(fixture);
    expect(() => configFromGguf({ ...metadata, ...change }, entries, "m.gguf")).toThrow(message);
  });

  it("ties the embeddings where there is no output tensor", async () => {
    const { metadata, entries } = await readGgufHeader(fixture);
    const tied = entries.filter(({ name }) => name !== "output.weight");
    expect(configFromGguf(metadata, tied, "m.gguf").tieWordEmbeddings).toBe(true);
    expect(configFromGguf(metadata, entries, "m.gguf").tieWordEmbeddings).toBe(false);
  });
});
