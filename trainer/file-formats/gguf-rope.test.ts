import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { scoreSequences } from "../evaluation/score-sequences";
import { exportModel } from "../exchange/export-model";
import { goldensFolder } from "../fixtures/goldens";
import { loadModel } from "../models/load-model";
import { openGguf } from "./gguf";
import { readGgufHeader } from "./gguf-header";

const sequences = [{ promptIds: [1, 87, 85, 322, 201], completionIds: [45, 71, 310, 90, 17, 210, 2] }];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "gguf-rope-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true }));

/** Copies the Llama golden with positions that are scaled in this way. */
async function scaled(name: string, scaling: object): Promise<string> {
  const copy = path.join(folder, name);
  await cp(path.join(goldensFolder, "llama"), copy, { recursive: true });
  const config = path.join(copy, "config.json");
  const raw = JSON.parse(await readFile(config, "utf8"));
  await writeFile(config, JSON.stringify({ ...raw, rope_parameters: { rope_theta: 10000, ...scaling } }));
  return copy;
}

async function logProbsOf(reference: string): Promise<number[]> {
  const { model } = await loadModel(reference);
  const [logProbs] = await scoreSequences(model, sequences);
  model.dispose();
  return logProbs as number[];
}

const worst = (left: number[], right: number[]) =>
  Math.max(...left.map((value, i) => Math.abs(value - (right[i] as number))));
const scalingKeys = (metadata: object) =>
  Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) => {
      const [, name] = /^llama\.rope\.scaling\.(.+)$/.exec(key) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );

const llama3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 64 };
const yarn = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 128 };

describe("a GGUF of a model whose positions are scaled", () => {
  it.each([
    ["linear", { rope_type: "linear", factor: 4 }, { type: "linear", factor: 4 }],
    ["llama3", { rope_type: "llama3", factor: 8, ...llama3 }, { original_context_length: 64 }],
    ["yarn", yarn, { type: "yarn", factor: 4, original_context_length: 128, yarn_beta_fast: 32, yarn_beta_slow: 1 }],
    [
      "yarn with a ramp of its own",
      { ...yarn, beta_fast: 16, beta_slow: 2 },
      { type: "yarn", factor: 4, original_context_length: 128, yarn_beta_fast: 16, yarn_beta_slow: 2 },
    ],
    ["dynamic, which scales nothing within the context,", { rope_type: "dynamic", factor: 2 }, {}],
  ])("states %s under llama.cpp's keys, and gives the same log-probs back", async (name, scaling, keys) => {
    const source = await scaled(name, scaling);
    const { to } = await exportModel({
      model: source,
      format: "gguf",
      type: "F32",
      to: path.join(folder, `${name}.out`),
    });
    const file = path.join(to, "model-F32.gguf");
    const { metadata, entries } = await readGgufHeader(file);
    expect(scalingKeys(metadata)).toEqual(keys);
    expect(entries.some((entry) => entry.name === "rope_freqs.weight")).toBe(name === "llama3");
    const expected = await logProbsOf(source);
    expect(worst(await logProbsOf(to), expected)).toBeLessThan(1e-5);
    const plain = await logProbsOf(path.join(goldensFolder, "llama"));
    if (name.startsWith("dynamic")) expect(worst(plain, expected)).toBe(0);
    else expect(worst(plain, expected)).toBeGreaterThan(1e-3);
    const back = await openGguf(file);
    await back.tensors.close();
    const original = await loadModel(source);
    original.model.dispose();
    const wanted = name.startsWith("dynamic") ? null : original.model.config.ropeScaling;
    expect(back.config.ropeScaling).toEqual(wanted);
  });

  it("holds the frequencies of Llama 3 as divisors", async () => {
    const source = await scaled("divisors", { rope_type: "llama3", factor: 8, ...llama3 });
    const { to } = await exportModel({
      model: source,
      format: "gguf",
      type: "F16",
      to: path.join(folder, "divisors.out"),
    });
    const { entries } = await readGgufHeader(path.join(to, "model-F16.gguf"));
    const entry = entries.find(({ name }) => name === "rope_freqs.weight");
    expect([entry?.type.name, entry?.shape]).toEqual(["F32", [8]]);
    const bytes = await readFile(path.join(to, "model-F16.gguf"));
    const found = Array.from({ length: 8 }, (_, j) => bytes.readFloatLE((entry?.position as number) + 4 * j));
    // Wavelengths 2π·10000^(j/8): 6.3 turns more than four times in 64 positions, 19.9 and 62.8 lie on the ramp between
    // 16 and 64, all longer ones are stretched by the whole factor.
    const ramp = (wavelength: number) => {
      const share = (64 / wavelength - 1) / 3;
      return 1 / ((1 - share) / 8 + share);
    };
    const wavelength = (j: number) => 2 * Math.PI * 10000 ** (j / 8);
    const wanted = [1, ramp(wavelength(1)), ramp(wavelength(2)), 8, 8, 8, 8, 8];
    for (const [j, value] of wanted.entries()) expect(found[j]).toBeCloseTo(value, 4);
  });

  it.each([
    ["an attention factor", { ...yarn, attention_factor: 1.3 }],
    ["an end of the ramp between two dimensions", { ...yarn, truncate: false }],
  ])("refuses YaRN with %s of its own, which a GGUF has no place for", async (name, scaling) => {
    const model = await scaled(name, scaling);
    const to = path.join(folder, `${name}.out`);
    await expect(exportModel({ model, format: "gguf", to })).rejects.toThrow(
      `${model}: scales its positions by YaRN with an attention factor or a ramp of its own, which has no place in a GGUF`,
    );
  });
});
