import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { scoreSequences } from "../evaluation/score-sequences";
import { exportModel } from "../exchange/export-model";
import { type Adapter, readAdapter, writeAdapter } from "../file-formats/adapter";
import { readSafetensors, writeSafetensors } from "../file-formats/safetensors";
import { goldensFolder } from "../fixtures/goldens";
import { trainRun } from "../fixtures/train-run";
import { loadModel } from "./load-model";
import { embeddingName } from "./saved-tensors";

const sequences = [{ promptIds: [1, 87, 85, 322, 201], completionIds: [45, 71, 310, 2] }];
const EXPRESSION = "(?:.*?(?:self_attn).*?(?:q_proj).*?)";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "saved-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true }));

const golden = (name: string) => path.join(goldensFolder, name);
const json = async (file: string) => JSON.parse(await readFile(file, "utf8"));
const worst = (left: number[], right: number[]) =>
  Math.max(...left.map((value, i) => Math.abs(value - (right[i] as number))));

async function logProbsOf(reference: string): Promise<number[]> {
  const { model } = await loadModel(reference);
  const [logProbs] = await scoreSequences(model, sequences);
  model.dispose();
  return logProbs as number[];
}

/** A base model of the family, unchanged or with its embeddings tied. */
async function baseOf(family: "llama" | "gpt2", tied: boolean): Promise<string> {
  const copy = await mkdtemp(path.join(folder, "base-"));
  await cp(golden(family), copy, { recursive: true });
  if (!tied) return copy;
  const file = path.join(copy, "model.safetensors");
  const { tensors } = await readSafetensors(file);
  tensors.delete("lm_head.weight");
  await writeSafetensors(file, tensors);
  const config = path.join(copy, "config.json");
  await writeFile(config, JSON.stringify({ ...(await json(config)), tie_word_embeddings: true }));
  return copy;
}

/** Makes an adapter on q_proj (or c_attn) in which these tensors of the base, disturbed, are saved whole. */
async function adapterWith(base: string, saved: string[], config: Record<string, unknown> = {}): Promise<string> {
  const { model } = await loadModel(base);
  const target = model.config.family === "llama" ? "q_proj" : "c_attn";
  model.addAdapter({ rank: 2, alpha: 4, targets: [target], seed: 3 });
  const layers = await model.adapterLayers();
  for (const { b } of layers.values()) b.data.set(Float32Array.from(b.data, (_, i) => Math.sin(i) / 20));
  const tensors = await model.modelTensors();
  const savedTensors: Adapter["savedTensors"] = new Map(
    saved.map((name) => {
      const found = tensors.get(name) ?? tensors.get(embeddingName(model.config));
      if (!found) throw new Error(`no tensor ${name}`);
      return [name, { ...found, data: Float32Array.from(found.data, (value, i) => value + Math.cos(i) / 50) }];
    }),
  );
  model.dispose();
  const to = await mkdtemp(path.join(folder, "adapter-"));
  await rm(to, { recursive: true });
  const fanInFanOut = target === "c_attn";
  const shape = { rank: 2, alpha: 4, dropout: 0, targets: [target], taskType: "CAUSAL_LM" as const, fanInFanOut };
  await writeAdapter(to, { baseModel: base, ...shape, layers, savedTensors });
  const file = path.join(to, "adapter_config.json");
  await writeFile(file, JSON.stringify({ ...(await json(file)), ...config }));
  return to;
}

/** Trains one step, with a learning rate that changes nothing, starting from the adapter. */
async function trainOn(adapter: string, base: string): Promise<{ adapter: string; warnings: string[] }> {
  const outputDir = await mkdtemp(path.join(folder, "run-"));
  const { output, events } = await trainRun(outputDir, {
    method: "sft",
    model: base,
    adapter,
    dataset: golden("demonstrations.jsonl"),
    learningRate: 1e-12,
    maxSteps: 1,
    batchSize: 2,
  });
  const warnings = events.flatMap((event) => (event.type === "resolved" ? event.warnings : []));
  return { adapter: output.path, warnings: warnings.map(({ message }) => message) };
}

describe("an adapter's whole tensors", () => {
  it.each([
    ["llama", false, ["lm_head.weight"]],
    ["llama", true, ["lm_head.weight"]],
    ["llama", true, ["model.embed_tokens.weight"]],
    ["llama", false, ["model.norm.weight", "model.layers.1.self_attn.v_proj.weight"]],
    ["gpt2", true, ["lm_head.weight", "transformer.h.0.mlp.c_fc.weight"]],
  ] as const)(
    "of %s (tied: %s), %j, are used, kept by training, and written by both exports",
    async (family, tied, saved) => {
      const base = await baseOf(family, tied);
      const modules = saved.map((name) => name.replace(/\.weight$/, "").replace("model.embed_tokens", "embed_tokens"));
      const adapter = await adapterWith(base, [...saved], { modules_to_save: modules });
      const found = await logProbsOf(adapter);
      expect(worst(found, await logProbsOf(base))).toBeGreaterThan(0.01);

      const trained = await trainOn(adapter, base);
      const said = trained.warnings.find((message) => message.includes("kept as it is")) ?? "";
      for (const name of saved) expect(said).toContain(name);
      expect(worst(await logProbsOf(trained.adapter), found)).toBeLessThan(1e-4);
      expect((await json(path.join(trained.adapter, "adapter_config.json"))).modules_to_save).toEqual(modules);
      const before = await readAdapter(adapter);
      const after = await readAdapter(trained.adapter);
      for (const name of saved) expect(after.savedTensors.get(name)?.data).toEqual(before.savedTensors.get(name)?.data);

      for (const format of ["peft", "safetensors"] as const) {
        const to = await mkdtemp(path.join(folder, `${format}-`));
        await exportModel({ model: adapter, format, to });
        expect(worst(await logProbsOf(to), found)).toBeLessThan(1e-5);
      }
    },
  );

  it("change embeddings and head together where the embedding is the base's own, not a copy", async () => {
    const base = await baseOf("llama", true);
    const own = await adapterWith(base, ["model.embed_tokens.weight"], { modules_to_save: null });
    const copied = await adapterWith(base, ["model.embed_tokens.weight"], { modules_to_save: ["embed_tokens"] });
    expect(worst(await logProbsOf(own), await logProbsOf(copied))).toBeGreaterThan(0.001);
    const { model } = await loadModel(own);
    expect(model.config.tieWordEmbeddings).toBe(true);
    model.dispose();
  });

  it("that have no place in the model are refused by name", async () => {
    const base = await baseOf("llama", false);
    const adapter = await adapterWith(base, ["lm_head.weight"]);
    const file = path.join(adapter, "adapter_model.safetensors");
    const { tensors } = await readSafetensors(file);
    const head = tensors.get("base_model.model.lm_head.weight");
    if (!head) throw new Error("no head");
    const more = { ...head, shape: [1, head.data.length] };
    await writeSafetensors(file, new Map([...tensors, ["base_model.model.lm_head.weight", more]]));
    await expect(loadModel(adapter)).rejects.toThrow(
      /the adapter's tensor lm_head.weight \[1,\d+\] does not fit this model/,
    );
    await writeSafetensors(file, new Map([...tensors, ["base_model.model.vision.weight", head]]));
    await expect(trainOn(adapter, base)).rejects.toThrow("the adapter's tensor vision.weight");
  });
});

describe("the layers that an adapter names", () => {
  it("stay an expression, in training and in export, and have names of their own beside it", async () => {
    const base = await baseOf("llama", false);
    const adapter = await adapterWith(base, [], { target_modules: EXPRESSION });
    expect(await readAdapter(adapter)).toMatchObject({ targets: ["q_proj"], targetExpression: EXPRESSION });
    const to = path.join(folder, "expression");
    await exportModel({ model: adapter, format: "peft", to });
    for (const place of [to, (await trainOn(adapter, base)).adapter]) {
      expect((await json(path.join(place, "adapter_config.json"))).target_modules).toBe(EXPRESSION);
    }
  });

  it("are written one by one where the file left some of them out", async () => {
    const base = await baseOf("llama", false);
    const adapter = await adapterWith(base, [], { layers_to_transform: [1] });
    const file = path.join(adapter, "adapter_model.safetensors");
    const { tensors } = await readSafetensors(file);
    await writeSafetensors(file, new Map([...tensors].filter(([name]) => name.includes(".layers.1."))));
    const { adapter: trained } = await trainOn(adapter, base);
    const written = await json(path.join(trained, "adapter_config.json"));
    expect(written.target_modules).toEqual(["model.layers.1.self_attn.q_proj"]);
    expect(worst(await logProbsOf(trained), await logProbsOf(adapter))).toBeLessThan(1e-5);
  });
});
