import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAdapter, writeAdapter } from "./adapter";
import { readSafetensors, writeSafetensors } from "./safetensors";

const golden = path.join(import.meta.dirname, "../fixtures/goldens/llama-lora");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "adapter-"));
});
afterAll(() => rm(folder, { recursive: true }));

const goldenConfig = async () => JSON.parse(await readFile(path.join(golden, "adapter_config.json"), "utf8"));

async function withConfig(change: object): Promise<string> {
  const copy = await mkdtemp(path.join(folder, "config-"));
  await writeFile(path.join(copy, "adapter_config.json"), JSON.stringify({ ...(await goldenConfig()), ...change }));
  await writeFile(
    path.join(copy, "adapter_model.safetensors"),
    await readFile(path.join(golden, "adapter_model.safetensors")),
  );
  return copy;
}

describe("readAdapter", () => {
  it("reads what PEFT wrote", async () => {
    const adapter = await readAdapter(golden);
    expect(adapter).toMatchObject({ rank: 8, alpha: 16, taskType: "CAUSAL_LM", fanInFanOut: false });
    expect(adapter.targets).toEqual(["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]);
    expect(adapter.layers.size).toBe(14);
    const down = adapter.layers.get("model.layers.1.mlp.down_proj");
    expect([down?.a.shape, down?.b.shape]).toEqual([
      [8, 128],
      [64, 8],
    ]);
  });

  it.each([
    [{ peft_type: "IA3" }, '"peft_type" is "IA3", which is not supported'],
    [{ use_dora: true }, '"use_dora" is true'],
    [{ use_rslora: true }, '"use_rslora" is true'],
    [{ bias: "all" }, '"bias" is "all"'],
    [{ rank_pattern: { q_proj: 4 } }, '"rank_pattern" is {"q_proj":4}'],
    [{ r: undefined }, '"r" should be a whole number above 0'],
    [{ lora_alpha: undefined }, '"lora_alpha" is missing'],
    [{ lora_dropout: 1 }, '"lora_dropout" should be a number from 0'],
    [{ r: 4 }, "does not have the rank 4"],
  ])("refuses %j, naming file and key", async (change, message) => {
    const copy = await withConfig(change);
    await expect(readAdapter(copy)).rejects.toThrow(copy);
    await expect(readAdapter(copy)).rejects.toThrow(message);
  });

  it.each(["use_rslora", "use_dora"])("tells the way out of %s", async (key) => {
    await expect(readAdapter(await withConfig({ [key]: true }))).rejects.toThrow("merge it into its base with PEFT");
  });

  it("names a file of the older form, and a head with a delta of its own, with the way out", async () => {
    const copy = await withConfig({});
    const file = path.join(copy, "adapter_model.safetensors");
    const { tensors } = await readSafetensors(file);
    const head = "base_model.model.lm_head.base_layer.weight";
    tensors.set(head, { dtype: "F32", shape: [1], data: Float32Array.of(0) });
    await writeSafetensors(file, tensors);
    await expect(readAdapter(copy)).rejects.toThrow(`tensor ${head}: adapters with tensors of this kind`);
    await rename(file, path.join(copy, "adapter_model.bin"));
    await expect(readAdapter(copy)).rejects.toThrow("holds adapter_model.bin; only safetensors are read");
  });

  it("names the half that is missing", async () => {
    const copy = await withConfig({});
    const { tensors } = await readSafetensors(path.join(golden, "adapter_model.safetensors"));
    const name = "base_model.model.model.layers.0.self_attn.q_proj.lora_";
    for (const side of ["A", "B"]) {
      const lacking = new Map(tensors);
      lacking.delete(`${name}${side}.weight`);
      await writeSafetensors(path.join(copy, "adapter_model.safetensors"), lacking);
      await expect(readAdapter(copy)).rejects.toThrow(`tensor ${name}${side}.weight: is missing`);
    }
  });
});

describe("writeAdapter", () => {
  it("writes PEFT's tensors byte for byte, and its own folder reads back the same", async () => {
    const adapter = await readAdapter(golden);
    const copy = path.join(folder, "copy");
    await writeAdapter(copy, adapter);
    const name = "adapter_model.safetensors";
    expect(Buffer.compare(await readFile(path.join(copy, name)), await readFile(path.join(golden, name)))).toBe(0);
    const config = await goldenConfig();
    const written = JSON.parse(await readFile(path.join(copy, "adapter_config.json"), "utf8"));
    for (const key of Object.keys(written))
      expect([key, written[key]]).toEqual([key, key === "target_modules" ? config[key].sort() : config[key]]);
    expect(await readAdapter(copy)).toEqual(adapter);
  });

  it("keeps the revision of a base of the hub where PEFT looks for it", async () => {
    const copy = path.join(folder, "revision");
    await writeAdapter(copy, { ...(await readAdapter(golden)), baseModel: "owner/name@refs/pr/1" });
    const written = JSON.parse(await readFile(path.join(copy, "adapter_config.json"), "utf8"));
    expect(written).toMatchObject({ base_model_name_or_path: "owner/name", revision: "refs/pr/1" });
    expect((await readAdapter(copy)).baseModel).toBe("owner/name@refs/pr/1");
  });

  it("keeps whole tensors beside the deltas, and replaces an older folder whole", async () => {
    const adapter = await readAdapter(golden);
    const copy = path.join(folder, "reward");
    await writeAdapter(copy, adapter);
    await writeFile(path.join(copy, "old.txt"), "");
    adapter.savedTensors.set("score.weight", { shape: [1, 2], data: Float32Array.of(1, 2) });
    await writeAdapter(copy, { ...adapter, taskType: "SEQ_CLS" });
    const read = await readAdapter(copy);
    expect(read.taskType).toBe("SEQ_CLS");
    expect(read.savedTensors.get("score.weight")?.data).toEqual(Float32Array.of(1, 2));
    const written = JSON.parse(await readFile(path.join(copy, "adapter_config.json"), "utf8"));
    expect(written.modules_to_save).toEqual(["score"]);
    expect((await readdir(copy)).sort()).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
