import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseModelConfig } from "../models/config";
import { readModelFolder, writeModelFolder } from "./model-folder";
import { readSafetensors } from "./safetensors";

const goldens = path.join(import.meta.dirname, "../fixtures/goldens");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "model-folder-"));
});
afterAll(() => rm(folder, { recursive: true }));

const json = async (...parts: string[]) => JSON.parse(await readFile(path.join(...parts), "utf8"));

describe("writeModelFolder", () => {
  it.each(["llama", "gpt2", "llama-reward", "gpt2-reward"])("writes %s as transformers wrote it", async (name) => {
    const original = path.join(goldens, name);
    const copy = path.join(folder, name);
    await writeModelFolder(copy, await readModelFolder(original));
    expect((await readdir(copy)).sort()).toEqual((await readdir(original)).sort());
    const tensors = "model.safetensors";
    expect(Buffer.compare(await readFile(path.join(copy, tensors)), await readFile(path.join(original, tensors)))).toBe(
      0,
    );
    for (const file of (await readdir(original)).filter((file) => file.endsWith(".json"))) {
      expect([file, await json(copy, file)]).toEqual([file, await json(original, file)]);
    }
    expect(await readFile(path.join(copy, "chat_template.jinja"), "utf8")).toBe(
      await readFile(path.join(original, "chat_template.jinja"), "utf8"),
    );
  });

  it("makes a reward model's configuration of a language model's", async () => {
    const model = await readModelFolder(path.join(goldens, "llama"));
    const copy = path.join(folder, "as-reward");
    await writeModelFolder(copy, { ...model, config: { ...model.config, rewardHead: true } });
    const written = await json(copy, "config.json");
    expect(written).toEqual(await json(goldens, "llama-reward", "config.json"));
    expect(parseModelConfig(written, "config.json").rewardHead).toBe(true);
  });

  it.each(["llama", "gpt2-reward"])("splits the weights of %s into shards, which read back the same", async (name) => {
    const model = await readModelFolder(path.join(goldens, name));
    const copy = path.join(folder, `${name}-shards`);
    const maxShardBytes = 200_000;
    await writeModelFolder(copy, model, { maxShardBytes });
    const shards = (await readdir(copy)).filter((file) => file.endsWith(".safetensors")).sort();
    expect(shards.length).toBeGreaterThan(1);
    expect(shards[0]).toBe(`model-00001-of-0000${shards.length}.safetensors`);
    const sizeOf = ({ data }: { data: { byteLength: number } }) => data.byteLength;
    for (const shard of shards) {
      const { tensors } = await readSafetensors(path.join(copy, shard));
      const bytes = [...tensors.values()].reduce((sum, tensor) => sum + sizeOf(tensor), 0);
      expect(bytes <= maxShardBytes || tensors.size === 1).toBe(true);
    }
    const index = await json(copy, "model.safetensors.index.json");
    expect(index.metadata.total_size).toBe([...model.tensors.values()].reduce((sum, one) => sum + sizeOf(one), 0));
    const { tensors } = await readModelFolder(copy);
    expect([...tensors.keys()].sort()).toEqual([...model.tensors.keys()].sort());
    for (const [key, { shape, data }] of tensors) {
      const original = model.tensors.get(key);
      expect(shape).toEqual(original?.shape);
      expect(Buffer.from(data.buffer).equals(Buffer.from(original?.data.buffer ?? new ArrayBuffer())), key).toBe(true);
    }
  });

  it("leaves nothing behind when a tensor does not fit", async () => {
    const model = await readModelFolder(path.join(goldens, "llama"));
    const tensors = new Map([["odd", { shape: [3], data: new Float32Array(2) }]]);
    await expect(writeModelFolder(path.join(folder, "half"), { ...model, tensors })).rejects.toThrow("tensor odd");
    expect((await readdir(folder)).filter((name) => name.includes("half"))).toEqual([]);
  });
});

describe("readModelFolder", () => {
  it("names the file that is missing", async () => {
    const empty = await mkdtemp(path.join(folder, "empty-"));
    await expect(readModelFolder(empty)).rejects.toThrow(`${path.join(empty, "config.json")}: there is no such file`);
  });
});
