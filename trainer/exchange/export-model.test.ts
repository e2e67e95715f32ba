import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { loadRewardModels, type RewardModelReference } from "../evaluation/load-reward-models";
import { scoreRewards, scoreSequences } from "../evaluation/score-sequences";
import { readAdapter, writeAdapter } from "../file-formats/adapter";
import { writeEnsemble } from "../file-formats/ensemble-folder";
import { readSafetensors, writeSafetensors } from "../file-formats/safetensors";
import { readSafetensorsFolder } from "../file-formats/safetensors-folder";
import { goldensFolder, loadGoldenModel } from "../fixtures/goldens";
import { loadModel } from "../models/load-model";
import { tensorShapes } from "../models/tensor-shapes";
import { type ExportRequest, exportModel } from "./export-model";

const golden = (name: string) => path.join(goldensFolder, name);
const sequences = [{ promptIds: [1, 87, 85, 322, 9, 400], completionIds: [201, 46, 75, 278, 2] }];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "export-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true }));

let made = 0;
function exported(request: Omit<ExportRequest, "to"> & { to?: string }) {
  return exportModel({ to: path.join(folder, `export-${made++}`), ...request });
}

async function logProbsOf(reference: string, adapter?: string): Promise<number[]> {
  const { model } = await loadModel(reference, { ...(adapter && { adapter }) });
  try {
    return (await scoreSequences(model, sequences))[0]!;
  } finally {
    model.dispose();
  }
}

function worst(actual: number[], expected: number[]): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
}

/** The golden Llama adapter in the state in which a run leaves it: with its record in the folder above. */
async function trainedAdapter(name: string, change: { head?: boolean; sign?: number } = {}): Promise<string> {
  const run = path.join(folder, name);
  const adapter = await readAdapter(golden("llama-lora"));
  const head = { shape: [1, 64], data: Float32Array.from({ length: 64 }, (_, i) => (change.sign ?? 1) * Math.sin(i)) };
  await writeAdapter(path.join(run, "adapter"), {
    ...adapter,
    baseModel: golden("llama"),
    ...(change.head && { taskType: "SEQ_CLS", savedTensors: new Map([["score.weight", head]]) }),
  });
  const config = { method: "dpo", model: golden("llama"), dataset: "/home/ann/pairs", beta: 0.1, learningRate: 5e-5 };
  const leftOut = [{ reason: "too-long", message: "longer than maxLength", count: 3, lines: [] }];
  const ledger = { dataset: "/home/ann/pairs", records: 60, train: 50, validation: 7, leftOut };
  const metrics = ['{"step":1,"loss":0.7}', '{"step":1,"evalLoss":0.69}', '{"step":2,"loss":0.512345678}', '{"ste'];
  await writeFile(path.join(run, "run.json"), JSON.stringify(config));
  await writeFile(path.join(run, "ledger.json"), JSON.stringify(ledger));
  await writeFile(path.join(run, "metrics.jsonl"), metrics.join("\n"));
  return path.join(run, "adapter");
}

describe("tensorShapes", () => {
  it.each(["llama", "gpt2", "llama-reward", "gpt2-reward"])("are those of the weights of %s", async (name) => {
    const model = await loadGoldenModel(name);
    const weights = await model.modelTensors();
    model.dispose();
    const shapes = new Map([...weights].map(([key, { shape }]) => [key, shape]));
    expect(new Map([...tensorShapes(model.config)].sort())).toEqual(new Map([...shapes].sort()));
  });
});

describe("exportModel", () => {
  it.each([
    ["llama", "F32", 1e-5],
    ["llama", "F16", 5e-3],
    ["llama", "Q8_0", 0.1],
    ["gpt2", "F32", 1e-5],
    ["gpt2", "F16", 5e-3],
    ["gpt2", "Q8_0", 0.1],
  ] as const)("writes %s as a GGUF in %s that loads back", async (name, type, bound) => {
    const { to, files } = await exported({ model: golden(name), format: "gguf", type });
    expect(files.map((file) => file.name)).toEqual(["README.md", "lineage.json", `model-${type}.gguf`]);
    const expected = await logProbsOf(golden(name));
    const difference = worst(await logProbsOf(to), expected);
    expect(difference).toBeLessThan(bound);
    if (type !== "F32") expect(difference).toBeGreaterThan(0);
    const back = await loadModel(to);
    const original = await loadModel(golden(name));
    back.model.dispose();
    original.model.dispose();
    expect(back.chatTemplate).toBe(original.chatTemplate);
    const text = "<|im_start|>user\n12 naïve cafés…<|im_end|>";
    expect(back.tokenizer.encode(text)).toEqual(original.tokenizer.encode(text));
    const ends = { eosTokenIds: original.model.config.eosTokenIds, padTokenId: original.model.config.padTokenId };
    expect(back.model.config).toMatchObject(ends);
    expect(back.tokenizer.padTokenId).toBe(original.tokenizer.padTokenId);
  });

  it("gives a whole safetensors folder back byte for byte, and half the size in F16", async () => {
    for (const name of ["llama", "gpt2", "gpt2-reward"]) {
      const { to } = await exported({ model: golden(name), format: "safetensors" });
      const file = "model.safetensors";
      expect((await readFile(path.join(to, file))).equals(await readFile(path.join(golden(name), file)))).toBe(true);
    }
    const { to, kind } = await exported({ model: golden("llama-reward"), format: "safetensors", type: "BF16" });
    expect(kind).toBe("reward model");
    expect(JSON.parse(await readFile(path.join(to, "config.json"), "utf8")).dtype).toBe("bfloat16");
    const { tensors } = await readSafetensors(path.join(to, "model.safetensors"));
    expect(new Set([...tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(["BF16"]));
  });

  it("merges an adapter as the model itself does, on [in, out] weights too", async () => {
    const { to } = await exported({ model: golden("llama"), adapter: golden("llama-lora"), format: "safetensors" });
    const base = await logProbsOf(golden("llama"));
    const adapted = await logProbsOf(golden("llama"), golden("llama-lora"));
    expect(worst(base, adapted)).toBeGreaterThan(0.1);
    expect(worst(await logProbsOf(to), adapted)).toBeLessThan(1e-5);

    const { model } = await loadModel(golden("gpt2"));
    model.addAdapter({ rank: 3, alpha: 5, targets: ["c_attn", "c_fc"], seed: 1 });
    for (const variable of model.trainable.filter(({ name }) => name.endsWith("lora_B"))) {
      const { shape } = variable;
      const values = Float32Array.from({ length: variable.size }, (_, i) => Math.cos(i) / 10);
      const { tensor } = await import("@tensorflow/tfjs");
      variable.assign(tensor(values, shape));
    }
    const expected = (await scoreSequences(model, sequences))[0]!;
    const adapter = path.join(folder, "gpt2-adapter");
    const layers = await model.adapterLayers();
    model.dispose();
    await writeAdapter(adapter, {
      baseModel: golden("gpt2"),
      rank: 3,
      alpha: 5,
      dropout: 0,
      targets: ["c_attn", "c_fc"],
      taskType: "CAUSAL_LM",
      fanInFanOut: true,
      layers,
      savedTensors: new Map(),
    });
    const merged = await exported({ model: adapter, format: "safetensors" });
    expect(worst(await logProbsOf(merged.to), expected)).toBeLessThan(1e-5);
    expect(worst(await logProbsOf(golden("gpt2")), expected)).toBeGreaterThan(0.01);
  });

  it("writes an adapter as it is, with tokenizer, template, and a card of how it was trained", async () => {
    const adapter = await trainedAdapter("dpo-run");
    const { to, files } = await exported({ model: adapter, format: "peft" });
    expect(files.map(({ name }) => name)).toEqual([
      "README.md",
      "adapter_config.json",
      "adapter_model.safetensors",
      "chat_template.jinja",
      "lineage.json",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    const tensors = "adapter_model.safetensors";
    expect((await readFile(path.join(to, tensors))).equals(await readFile(path.join(adapter, tensors)))).toBe(true);
    const card = await readFile(path.join(to, "README.md"), "utf8");
    expect(card).toMatch(/^---\nlibrary_name: peft\npipeline_tag: text-generation\ntags:\n {2}- tuneloop\n {2}- dpo\n/);
    expect(card).toContain("| Records | 60: 50 trained on, 7 for validation, 3 left out |");
    expect(card).toContain("| Left out | 3: longer than maxLength |");
    expect(card).toContain("| beta | 0.1 |");
    expect(card).toContain("| `loss` | 0.51235 | training, step 2 |");
    expect(card).toContain("| `evalLoss` | 0.69 | validation, step 1 |");
    expect(card).toContain("The licence of the base is not known here");
    expect(card).not.toContain("/home/ann");
    expect(card).toContain("llama → direct preference optimisation (DPO) on pairs → this.");
    const lineage = JSON.parse(await readFile(path.join(to, "lineage.json"), "utf8"));
    expect(lineage.training.run).toMatchObject({ method: "dpo", dataset: "pairs" });
    // The lineage of a model is still known when its export is exported again.
    const lines = ["two: run 2 on dataset version 5", "one: a base"];
    const again = await exported({ model: to, format: "safetensors", lineage: lines });
    expect(await readFile(path.join(again.to, "README.md"), "utf8")).toContain(`- ${lines.join("\n- ")}\n`);
    const { to: gguf } = await exported({ model: adapter, format: "gguf" });
    const third = await exported({ model: path.join(gguf, "model-F16.gguf"), format: "safetensors" });
    expect(await readFile(path.join(third.to, "README.md"), "utf8")).toContain("| Records | 60: 50 trained on");
    expect(await readFile(path.join(again.to, "README.md"), "utf8")).toContain("| Records | 60: 50 trained on");
  });

  it("names the base as the hub does, with its licence, and finds it again by its own name", async () => {
    const adapter = await trainedAdapter("on-tiny");
    const config = path.join(adapter, "adapter_config.json");
    await writeFile(config, (await readFile(config, "utf8")).replace(golden("llama"), "tiny"));
    const { to, licence, base } = await exported({ model: adapter, format: "peft" });
    expect({ licence, base }).toEqual({ licence: "apache-2.0", base: "Tiny" });
    expect(await readFile(path.join(to, "README.md"), "utf8")).toContain("license: apache-2.0");
    // PEFT's own record may say anything: lineage.json knows the name in the catalogue.
    const file = path.join(to, "adapter_config.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"tiny"', '"owner/tiny"'));
    expect(await logProbsOf(to)).toEqual(await logProbsOf(adapter));
  });

  it("takes the licence from the card of a local base", async () => {
    const copy = path.join(folder, "licensed");
    await cp(golden("llama"), copy, { recursive: true });
    await writeFile(path.join(copy, "README.md"), "---\nlanguage: en\nlicense: MIT\n---\n# Model\nlicense: none\n");
    expect((await exported({ model: copy, format: "gguf" })).licence).toBe("mit");
  });

  it("brings the head of a reward adapter along, merged or not", async () => {
    const adapter = await trainedAdapter("reward-run", { head: true });
    const rewardOf = async (reference: string) => {
      const { model } = await loadModel(reference);
      const rewards = await scoreRewards(model, sequences);
      model.dispose();
      return rewards;
    };
    const expected = await rewardOf(adapter);
    const peft = await exported({ model: adapter, format: "peft" });
    const merged = await exported({ model: adapter, format: "safetensors" });
    expect([peft.kind, merged.kind]).toEqual(["reward model", "reward model"]);
    expect(await rewardOf(peft.to)).toEqual(expected);
    expect(worst(await rewardOf(merged.to), expected)).toBeLessThan(1e-5);
  });

  it("keeps an ensemble one: every member scores as before, and whatever knows of none loads the first", async () => {
    const one = await trainedAdapter("ensemble-one", { head: true });
    const two = await trainedAdapter("ensemble-two", { head: true, sign: -1 });
    const ensemble = path.join(folder, "ensemble-run", "adapter");
    await writeEnsemble(ensemble, [one, two]);
    await cp(path.join(folder, "ensemble-one", "run.json"), path.join(folder, "ensemble-run", "run.json"));
    const scoresOf = async (reference: RewardModelReference) => {
      const models = await loadRewardModels([reference]);
      const scores = await models.scoreSequences(sequences);
      models.dispose();
      return scores.flat();
    };
    const expected = await scoresOf(ensemble);
    expect(expected[1]).not.toBeCloseTo(expected[0]!, 3);
    const peft = await exported({ model: ensemble, format: "peft" });
    const merged = await exported({ model: ensemble, format: "safetensors" });
    const onBase = await exported({ model: golden("llama"), adapter: ensemble, format: "safetensors", type: "F16" });
    expect(await scoresOf(peft.to)).toEqual(expected);
    expect(worst(await scoresOf(merged.to), expected)).toBeLessThan(1e-5);
    expect(worst(await scoresOf(onBase.to), expected)).toBeLessThan(1e-2);
    const first = await loadModel(merged.to);
    expect(worst(await scoreRewards(first.model, sequences), expected.slice(0, 1))).toBeLessThan(1e-5);
    first.model.dispose();
    expect(merged.files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["ensemble.json", "model.safetensors", "member-2/model.safetensors"]),
    );
    const card = await readFile(path.join(peft.to, "README.md"), "utf8");
    expect(card).toContain("An ensemble of 2 reward models trained with Tuneloop");
    expect(await readFile(path.join(peft.to, "member-2", "README.md"), "utf8")).toContain("member 2 of 2");
  });

  it("refuses a reward model as a GGUF before anything is written, alone or as an ensemble", async () => {
    const one = await trainedAdapter("gguf-one", { head: true });
    const ensemble = path.join(folder, "gguf-run", "adapter");
    await writeEnsemble(ensemble, [one, one]);
    const to = path.join(folder, "gguf-of-rewards", "export");
    await expect(exported({ model: ensemble, format: "gguf", to })).rejects.toThrow(
      `${ensemble}: is an ensemble of reward models, and a GGUF has no place for its head; export safetensors or peft`,
    );
    await expect(exported({ model: one, format: "gguf", to })).rejects.toThrow("is a reward model, and a GGUF");
    await expect(readdir(path.dirname(to))).rejects.toThrow("ENOENT");
  });

  it("gives the same bytes twice, and replaces an export only when told to", async () => {
    const request = { model: golden("llama"), format: "gguf", type: "Q8_0", to: path.join(folder, "twice") } as const;
    await exportModel(request);
    const first = await readFile(path.join(request.to, "model-Q8_0.gguf"));
    await expect(exportModel(request)).rejects.toThrow("holds an export already; replace it (--overwrite)");
    await exportModel({ ...request, overwrite: true });
    expect((await readFile(path.join(request.to, "model-Q8_0.gguf"))).equals(first)).toBe(true);
    await expect(exportModel({ ...request, to: golden("llama"), overwrite: true })).rejects.toThrow(
      "already holds other files; name a new folder",
    );
  });

  it("tells its progress, and leaves nothing behind when it is cancelled midway", async () => {
    const controller = new AbortController();
    const shares: number[] = [];
    const to = path.join(folder, "cancelled");
    const onProgress = ({
      stage,
      bytes = 0,
      totalBytes = 1,
    }: {
      stage: string;
      bytes?: number;
      totalBytes?: number;
    }) => {
      if (stage !== "writing") return;
      shares.push(bytes / totalBytes);
      if (bytes / totalBytes > 0.5) controller.abort();
    };
    const request = { model: golden("llama"), to, format: "gguf", onProgress, signal: controller.signal } as const;
    await expect(exportModel(request)).rejects.toMatchObject({ code: "cancelled" });
    expect(shares.length).toBeGreaterThan(1);
    expect((await readdir(folder)).filter((name) => name.includes("cancelled"))).toEqual([]);
  });

  it.each([
    ["an adapter of nothing", { format: "peft" }, /^format: there is no adapter to export as peft/],
    [
      "a type that the format has not",
      { format: "safetensors", type: "Q8_0" },
      /^dtype: safetensors is not written in Q8_0/,
    ],
    [
      "an adapter that does not fit",
      { model: "gpt2", adapter: "llama-lora", format: "gguf" },
      /the adapter's layer model\.\S+ is not in this model/,
    ],
    [
      "an adapter on an adapter",
      { model: "llama-lora", adapter: "llama-lora", format: "gguf" },
      /is an adapter itself/,
    ],
  ] as const)("refuses %s in one line and writes nothing", async (_, { format, ...request }, message) => {
    const { model = "llama", adapter, type } = request as { model?: string; adapter?: string; type?: "Q8_0" };
    const to = path.join(folder, "refused");
    const error = await exportModel({
      model: golden(model),
      ...(adapter && { adapter: golden(adapter) }),
      ...(type && { type }),
      format,
      to,
    }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "DomainError" });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
    expect((await readdir(folder)).filter((name) => name.includes("refused"))).toEqual([]);
  });

  it.each([
    ["a missing tensor", "model.norm.weight", undefined, "tensor model.norm.weight: is missing"],
    [
      "a misshapen tensor",
      "model.norm.weight",
      { shape: [2], data: new Float32Array(2) },
      "has shape [2], but the config asks for [64]",
    ],
    [
      "a tensor too many",
      "model.extra.weight",
      { shape: [1], data: new Float32Array(1) },
      "tensor model.extra.weight: belongs to no part",
    ],
    [
      "numbers that are none",
      "model.norm.weight",
      { shape: [64], data: new Float32Array(64).fill(Number.NaN) },
      "holds numbers that are not finite",
    ],
  ])("refuses a model with %s", async (_, name, tensor, message) => {
    const copy = path.join(folder, "broken");
    await cp(golden("llama"), copy, { recursive: true });
    const tensors = new Map<string, { shape: number[]; data: Float32Array | Int32Array }>(
      await readSafetensorsFolder(copy),
    );
    if (tensor) tensors.set(name, tensor);
    else tensors.delete(name);
    await writeSafetensors(path.join(copy, "model.safetensors"), tensors);
    await expect(exported({ model: copy, format: "gguf" })).rejects.toThrow(`${copy}: `);
    await expect(exported({ model: copy, format: "gguf" })).rejects.toThrow(message);
  });
});
