import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
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

/** Reads a file as transformers 5 wrote it, and adds what transformers 4 reads in its place. */
async function inBothSpellings(...parts: string[]) {
  const config = await json(...parts);
  if (parts.at(-1) === "tokenizer_config.json") return { ...config, tokenizer_class: "PreTrainedTokenizerFast" };
  if (parts.at(-1) !== "config.json") return config;
  const rope = config.rope_parameters && { rope_theta: config.rope_parameters.rope_theta, rope_scaling: null };
  return { ...config, torch_dtype: config.dtype, ...rope };
}

/** Copies the Llama golden with some keys of its files changed. */
async function copyOfLlama(changes: { config?: object; generation?: object; tokenizer?: object }): Promise<string> {
  const copy = await mkdtemp(path.join(folder, "llama-"));
  await cp(path.join(goldens, "llama"), copy, { recursive: true });
  for (const [file, change] of [
    ["config.json", changes.config],
    ["generation_config.json", changes.generation],
    ["tokenizer_config.json", changes.tokenizer],
  ] as const) {
    await writeFile(path.join(copy, file), JSON.stringify({ ...(await json(copy, file)), ...change }));
  }
  return copy;
}

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
      expect([file, await json(copy, file)]).toEqual([file, await inBothSpellings(original, file)]);
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
    expect(written).toEqual(await inBothSpellings(goldens, "llama-reward", "config.json"));
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

  it("writes scaled positions in the spellings of transformers 4 and 5, whichever it read", async () => {
    const scaling = { factor: 8, high_freq_factor: 4, low_freq_factor: 1, original_max_position_embeddings: 64 };
    const old = { rope_theta: 5000, rope_scaling: { type: "llama3", ...scaling } };
    const { rope_parameters: _, ...raw } = await json(goldens, "llama3", "config.json");
    const model = await readModelFolder(path.join(goldens, "llama3"));
    const written = { ...scaling, rope_type: "llama3" };
    for (const [name, config] of Object.entries({
      "4": parseModelConfig({ ...raw, ...old }, "c"),
      "5": model.config,
    })) {
      const copy = path.join(folder, `scaled-${name}`);
      await writeModelFolder(copy, { ...model, config });
      expect(await json(copy, "config.json")).toMatchObject({
        rope_theta: 5000,
        rope_scaling: written,
        rope_parameters: { ...written, rope_theta: 5000 },
        dtype: "float32",
        torch_dtype: "float32",
      });
    }
  });

  it("names all stop tokens of config, generation config and tokenizer, and writes them for whoever reads one alone", async () => {
    const copy = path.join(folder, "stops");
    await writeModelFolder(copy, await readModelFolder(path.join(goldens, "llama")));
    await writeFile(
      path.join(copy, "generation_config.json"),
      JSON.stringify({ eos_token_id: [7, 2], temperature: 0.6 }),
    );
    const config = await json(copy, "config.json");
    await writeFile(path.join(copy, "config.json"), JSON.stringify({ ...config, eos_token_id: 5 }));
    const model = await readModelFolder(copy);
    expect(model.config.eosTokenIds).toEqual([5, 7, 2]);
    const again = path.join(folder, "stops-again");
    await writeModelFolder(again, model);
    expect(await json(again, "config.json")).toMatchObject({ eos_token_id: [5, 7, 2] });
    expect(await json(again, "generation_config.json")).toEqual({ eos_token_id: [5, 7, 2], temperature: 0.6 });
  });

  it.each([
    ["a number", 7, [5, 7, 2]],
    ["null", null, [5, 2]],
    ["no value", undefined, [5, 2]],
    ["a list", [2, 9, 9], [5, 2, 9]],
  ])("takes %s as the end of a completion in generation_config.json", async (_, eos_token_id, wanted) => {
    const copy = await copyOfLlama({ config: { eos_token_id: 5 }, generation: { eos_token_id } });
    expect((await readModelFolder(copy)).config.eosTokenIds).toEqual(wanted);
  });

  it("needs one of the three files to name an end of turn, and says which", async () => {
    const nothing = { config: { eos_token_id: null }, tokenizer: { eos_token: null } };
    const copy = await copyOfLlama({ ...nothing, generation: { eos_token_id: [9, 7] } });
    const { config, tokenizer } = await readModelFolder(copy);
    expect([config.eosTokenIds, tokenizer.eosTokenId]).toEqual([[9, 7], 9]);
    await rm(path.join(copy, "generation_config.json"));
    await expect(readModelFolder(copy)).rejects.toThrow(
      "names no end of turn: set eos_token in tokenizer_config.json, or eos_token_id in config.json or generation_config.json",
    );
    await writeFile(
      path.join(copy, "special_tokens_map.json"),
      JSON.stringify({ eos_token: { content: "<|im_end|>" } }),
    );
    const settings = await json(copy, "tokenizer_config.json");
    await writeFile(path.join(copy, "tokenizer_config.json"), JSON.stringify({ ...settings, eos_token: undefined }));
    expect((await readModelFolder(copy)).config.eosTokenIds).toEqual([2]);
  });

  it.each([["text"], [-1], [[2, 1.5]]])("refuses %j as an end of a completion, naming file and key", async (bad) => {
    const copy = await copyOfLlama({ generation: { eos_token_id: bad } });
    await expect(readModelFolder(copy)).rejects.toThrow(
      'generation_config.json: "eos_token_id" should be a token id or a list of them',
    );
  });

  it("takes the template named default of a list, and writes the others back", async () => {
    const copy = path.join(folder, "named");
    await writeModelFolder(copy, await readModelFolder(path.join(goldens, "llama")));
    await rm(path.join(copy, "chat_template.jinja"));
    const place = path.join(copy, "tokenizer_config.json");
    const config = JSON.parse(await readFile(place, "utf8"));
    const others = [{ name: "tool_use", template: "{{ raise_exception('not this one') }}" }];
    const write = (chat_template: unknown) => writeFile(place, JSON.stringify({ ...config, chat_template }));
    await write([...others, { name: "default", template: "{{ messages[0].content }}" }]);
    const model = await readModelFolder(copy);
    expect(model.chatTemplate).toBe("{{ messages[0].content }}");
    await writeModelFolder(path.join(folder, "named-again"), model);
    expect((await readModelFolder(path.join(folder, "named-again"))).tokenizer.files.config.chat_template).toEqual([
      ...others,
      { name: "default", template: "{{ messages[0].content }}" },
    ]);
    await write(others);
    await expect(readModelFolder(copy)).rejects.toThrow(
      'tokenizer_config.json: has no template named "default" (it has: tool_use); put the one to use into chat_template.jinja',
    );
    await write([{ name: "default" }]);
    await expect(readModelFolder(copy)).rejects.toThrow('"chat_template[0]" should have a name and a template');
    await write(7);
    await expect(readModelFolder(copy)).rejects.toThrow(
      '"chat_template" should be a text or a list of named templates',
    );
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
