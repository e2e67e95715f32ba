import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { scoreSequences } from "../evaluation/score-sequences";
import { exportModel } from "../exchange/export-model";
import { importModel } from "../exchange/import-model";
import { readSafetensors, writeSafetensors } from "../file-formats/safetensors";
import { goldensFolder } from "../fixtures/goldens";
import { loadModel } from "./load-model";

const EMBEDDING = { llama: "model.embed_tokens.weight", gpt2: "transformer.wte.weight" };
const sequences = [{ promptIds: [1, 87, 85, 322, 201], completionIds: [45, 71, 310, 2] }];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tied-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * Copies a model whose flag says tied although its file has a head of its own, which is `scale` times the embedding.
 */
async function flagged(family: "llama" | "gpt2", scale: number): Promise<string> {
  const copy = await mkdtemp(path.join(folder, `${family}-`));
  await cp(path.join(goldensFolder, family), copy, { recursive: true });
  const file = path.join(copy, "model.safetensors");
  const { tensors } = await readSafetensors(file);
  const embedding = tensors.get(EMBEDDING[family]);
  if (!embedding) throw new Error("the golden has no embedding");
  const data = Float32Array.from(embedding.data, (value, i) => value * (i % 3 === 0 ? scale : 1));
  await writeSafetensors(file, new Map([...tensors, ["lm_head.weight", { ...embedding, data }]]));
  const config = path.join(copy, "config.json");
  const raw = JSON.parse(await readFile(config, "utf8"));
  await writeFile(config, JSON.stringify({ ...raw, tie_word_embeddings: true }));
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

describe.each(["llama", "gpt2"] as const)("a %s whose flag says tied and whose file has a head", (family) => {
  it("is used with the head where it differs, says so, and is written with both", async () => {
    const source = await flagged(family, 2);
    const { model, notices } = await loadModel(source);
    expect(model.config).toMatchObject({ tieWordEmbeddings: false, raw: { tie_word_embeddings: false } });
    model.dispose();
    const notice = expect.stringContaining("lm_head.weight that differs from the embeddings");
    expect(notices).toEqual([notice]);
    expect((await importModel({ model: source })).notices).toEqual([notice]);
    const found = await logProbsOf(source);
    expect(worst(found, await logProbsOf(await flagged(family, 1)))).toBeGreaterThan(0.05);

    for (const format of ["safetensors", "gguf"] as const) {
      const to = path.join(folder, `${family}-${format}`);
      expect((await exportModel({ model: source, format, to, type: "F32" })).notices).toEqual([notice]);
      expect(worst(await logProbsOf(to), found)).toBeLessThan(1e-5);
    }
    const { tensors } = await readSafetensors(path.join(folder, `${family}-safetensors/model.safetensors`));
    expect(tensors.has("lm_head.weight")).toBe(true);
    const written = JSON.parse(await readFile(path.join(folder, `${family}-safetensors/config.json`), "utf8"));
    expect(written.tie_word_embeddings).toBe(false);
  });

  it("is tied in silence where both are equal", async () => {
    const source = await flagged(family, 1);
    const { model, notices } = await loadModel(source);
    expect(model.config.tieWordEmbeddings).toBe(true);
    model.dispose();
    expect(notices).toEqual([]);
    const to = path.join(folder, `${family}-equal`);
    await exportModel({ model: source, format: "safetensors", to });
    expect((await readSafetensors(path.join(to, "model.safetensors"))).tensors.has("lm_head.weight")).toBe(false);
    expect(worst(await logProbsOf(to), await logProbsOf(source))).toBe(0);
  });
});

it("a GGUF with a copy of its embedding as output is tied", async () => {
  const untied = await flagged("llama", 1);
  const config = path.join(untied, "config.json");
  const raw = JSON.parse(await readFile(config, "utf8"));
  await writeFile(config, JSON.stringify({ ...raw, tie_word_embeddings: false }));
  const to = path.join(folder, "copied-gguf");
  await exportModel({ model: untied, format: "gguf", to, type: "F32" });
  const { model } = await loadModel(to);
  expect(model.config.tieWordEmbeddings).toBe(true);
  model.dispose();
});

it("a model without a head that does not say it is tied is refused with the reason", async () => {
  const source = await flagged("llama", 1);
  const file = path.join(source, "model.safetensors");
  const { tensors } = await readSafetensors(file);
  tensors.delete("lm_head.weight");
  await writeSafetensors(file, tensors);
  const config = path.join(source, "config.json");
  await writeFile(
    config,
    JSON.stringify({ ...JSON.parse(await readFile(config, "utf8")), tie_word_embeddings: false }),
  );
  await expect(importModel({ model: source })).rejects.toThrow(
    'tensor lm_head.weight: is missing, and "tie_word_embeddings" does not say that the embeddings stand for it',
  );
});
