import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readSafetensors, writeSafetensors } from "../file-formats/safetensors";
import { loadModelFiles } from "./load-model-files";

const goldens = path.join(import.meta.dirname, "../fixtures/goldens");
const gguf = path.join(import.meta.dirname, "../file-formats/fixtures/llama-quantised.gguf");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "load-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

async function adapterOn(base: string | null): Promise<string> {
  const copy = await mkdtemp(path.join(folder, "adapter-"));
  await cp(path.join(goldens, "llama-lora"), copy, { recursive: true });
  const config = path.join(copy, "adapter_config.json");
  const raw = JSON.parse(await readFile(config, "utf8"));
  await writeFile(config, JSON.stringify({ ...raw, base_model_name_or_path: base }));
  return copy;
}

describe("loadModelFiles", () => {
  it("reads a folder, by absolute and relative path", async () => {
    const files = await loadModelFiles(path.join(goldens, "llama"));
    expect(files.source).toEqual({
      kind: "folder",
      reference: path.join(goldens, "llama"),
      path: path.join(goldens, "llama"),
    });
    expect(files.config.family).toBe("llama");
    expect(files.generationConfig).toMatchObject({ eos_token_id: 2 });
    expect(files.adapter).toBeUndefined();
    expect((await loadModelFiles("gpt2", { relativeTo: goldens })).config.family).toBe("gpt2");
  });

  it("reads a GGUF, and a folder that holds one", async () => {
    expect((await loadModelFiles(gguf)).source.kind).toBe("gguf");
    const holder = await mkdtemp(path.join(folder, "holder-"));
    await copyFile(gguf, path.join(holder, "model.gguf"));
    expect((await loadModelFiles(holder)).tensors.size).toBe(21);
  });

  it("makes and reads the tiny model by its name", async () => {
    vi.stubEnv("TUNELOOP_CACHE", path.join(folder, "cache"));
    const files = await loadModelFiles("tiny");
    expect(files.source).toEqual({
      kind: "catalogue",
      reference: "tiny",
      path: path.join(folder, "cache/models/tiny"),
    });
  });

  it("reads an adapter's base by absolute path, by a path beside it, by name, or as it is told", async () => {
    vi.stubEnv("TUNELOOP_CACHE", path.join(folder, "cache"));
    const llama = path.join(goldens, "llama");
    const absolute = await adapterOn(llama);
    const files = await loadModelFiles(absolute);
    expect(files.adapter?.rank).toBe(8);
    expect(files.source.path).toBe(absolute);
    expect(files.tensors.size).toBe(21);

    await cp(llama, path.join(folder, "base"), { recursive: true });
    expect((await loadModelFiles(await adapterOn("../base"))).tensors.size).toBe(21);
    expect((await loadModelFiles(await adapterOn("tiny"))).config.maxPositions).toBe(1024);
    expect((await loadModelFiles(await adapterOn("/gone"), { adapterBase: llama })).adapter?.alpha).toBe(16);
  });

  it("says what to do when an adapter's base is gone", async () => {
    const orphan = await adapterOn("/gone/model");
    await expect(loadModelFiles(orphan)).rejects.toThrow(
      /adapter_config\.json: its base model \/gone\/model cannot be loaded; name the base as well/,
    );
    await expect(loadModelFiles(await adapterOn(null))).rejects.toThrow('"base_model_name_or_path" is missing');
    const twice = await adapterOn(await adapterOn(path.join(goldens, "llama")));
    await expect(loadModelFiles(twice)).rejects.toThrow("is an adapter too");
  });

  it("refuses weights that are not numbers", async () => {
    const copy = path.join(folder, "not-finite");
    await cp(path.join(goldens, "llama"), copy, { recursive: true });
    const file = path.join(copy, "model.safetensors");
    const { tensors } = await readSafetensors(file);
    tensors.get("model.norm.weight")!.data[5] = Number.NaN;
    await writeSafetensors(file, tensors);
    const read = await loadModelFiles(copy);
    expect(read.tensors.get("model.layers.0.input_layernorm.weight")?.data).toHaveLength(64);
    expect(() => read.tensors.get("model.norm.weight")?.data).toThrow(
      `${copy}: tensor model.norm.weight: holds numbers that are not finite`,
    );
  });

  it("refuses a tokenizer with more tokens than the model", async () => {
    const copy = path.join(folder, "narrow");
    await cp(path.join(goldens, "llama"), copy, { recursive: true });
    const config = JSON.parse(await readFile(path.join(copy, "config.json"), "utf8"));
    await writeFile(path.join(copy, "config.json"), JSON.stringify({ ...config, vocab_size: 500 }));
    await expect(loadModelFiles(copy)).rejects.toThrow("its tokenizer has 512 tokens, its model only 500");
  });

  it.each(["./missing", "missing.gguf", "no-such-name", "~/no/such/folder"])(
    "says what %s could have been",
    async (reference) => {
      await expect(loadModelFiles(reference)).rejects.toThrow(
        /is not a model: give a folder, a \.gguf file, a hub id \(owner\/name\), or one of smollm2-135m-instruct, tiny$/,
      );
    },
  );
});
