import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import { loadBackend } from "../engine/backend";
import { scoreRewards, scoreSequences } from "../evaluation/score-sequences";
import { readAdapter, writeAdapter } from "../file-formats/adapter";
import { readSafetensorsFolder } from "../file-formats/safetensors-folder";
import type { NamedTensor } from "../file-formats/tensor-file";
import { goldensFolder, loadGoldenModel } from "../fixtures/goldens";
import { loadModel } from "./load-model";
import type { CausalLanguageModel, LoraConfig } from "./types";

const sequences = [{ promptIds: [1, 87, 85, 322], completionIds: [201, 46, 75, 278, 2] }];
const lora: LoraConfig = { rank: 4, alpha: 8, targets: ["q_proj", "v_proj", "down_proj"], seed: 3 };
const golden = `${goldensFolder}/llama-lora`;

describe("LoRA", () => {
  let model: CausalLanguageModel;
  beforeAll(async () => {
    await loadBackend();
  });
  afterEach(() => model.dispose());

  const logProbs = async (adapter = true) => (await scoreSequences(model, sequences, { adapter }))[0]!;
  type Matrix = Pick<NamedTensor, "shape" | "data">;
  const bytesOf = ({ data }: Matrix) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const expectSame = (actual: Matrix, expected: Matrix) => {
    expect(actual.shape).toEqual(expected.shape);
    expect(bytesOf(actual).equals(bytesOf(expected))).toBe(true);
  };
  const expectClose = (actual: number[], expected: number[]) => {
    for (const [i, value] of expected.entries()) expect(actual[i]!).toBeCloseTo(value, 4);
  };

  it("starts as the base, from a seed, with only its own variables to train", async () => {
    model = await loadGoldenModel("llama");
    const base = await logProbs();
    model.addAdapter(lora);
    expect(await logProbs()).toEqual(base);
    expect(model.trainable).toHaveLength(2 * 3 * 2); // A and B of three layers in two blocks
    const first = model.trainable[0]!;
    expect(first.shape).toEqual([4, 64]);
    expect(tf.max(tf.abs(first)).dataSync()[0]).toBeLessThanOrEqual(1 / 8);
    const again = await loadGoldenModel("llama");
    again.addAdapter(lora);
    expect(again.trainable[0]!.name).not.toBe(first.name);
    expect(again.trainable[0]!.dataSync()).toEqual(first.dataSync());
    again.dispose();
  });

  it("switched off is the base; merged is the same model", async () => {
    model = await loadGoldenModel("llama");
    const base = await logProbs();
    model.loadAdapter(await readAdapter(golden), golden);
    const adapted = await logProbs();
    expect(adapted).not.toEqual(base);
    expect(await logProbs(false)).toEqual(base);
    model.mergeAdapter();
    expect(model.trainable).toEqual([]);
    expectClose(await logProbs(), adapted);
  });

  it("gives back the tensors it was loaded from", async () => {
    model = await loadGoldenModel("llama");
    const adapter = await readAdapter(golden);
    model.loadAdapter(adapter, golden);
    const layers = await model.adapterLayers();
    expect([...layers.keys()].sort()).toEqual([...adapter.layers.keys()].sort());
    for (const [name, { a, b }] of layers) {
      expectSame(a, adapter.layers.get(name)!.a);
      expectSame(b, adapter.layers.get(name)!.b);
    }
  });

  it.each(["llama", "gpt2", "llama-reward", "gpt2-reward"])("%s gives back its weights", async (name) => {
    model = await loadGoldenModel(name, { trainWeights: name === "llama" });
    const stored = await readSafetensorsFolder(`${goldensFolder}/${name}`);
    const tensors = await model.modelTensors();
    expect([...tensors.keys()].sort()).toEqual([...stored.keys()].sort());
    for (const [key, { shape, data }] of tensors) {
      expectSame({ shape, data }, stored.get(key)!);
    }
  });

  it("of a reward model on a language model brings its head along", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "tuneloop-adapter-"));
    const adapter = await readAdapter(golden);
    const head = { shape: [1, 64], data: Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)) };
    await writeAdapter(path.join(folder, "reward"), {
      ...adapter,
      taskType: "SEQ_CLS",
      savedTensors: new Map([["score.weight", head]]),
    });
    model = (await loadModel(`${goldensFolder}/llama`, { adapter: path.join(folder, "reward") })).model;
    await rm(folder, { recursive: true });
    expect(model.hasRewardHead).toBe(true);
    expectSame((await model.modelTensors()).get("score.weight")!, head);
    const [adapted] = await scoreRewards(model, sequences);
    const [without] = await scoreRewards(model, sequences, { adapter: false });
    expect(adapted).not.toBe(without);
  });

  it("refuses layers that the model does not have and adapters that do not fit", async () => {
    model = await loadGoldenModel("gpt2");
    const complaint = (act: () => void) => {
      try {
        act();
      } catch (error) {
        return error instanceof DomainError ? error.userMessage : String(error);
      }
      return "accepted";
    };
    expect(complaint(() => model.addAdapter(lora))).toMatch(/no layer "q_proj"; it has c_attn, c_proj, c_fc/);
    const adapter = await readAdapter(golden);
    expect(complaint(() => model.loadAdapter(adapter, "A"))).toMatch(/^A: the adapter's layer "model\.layers/);
    const before = tf.memory().numTensors;
    const wrong = await readAdapter(golden);
    for (const layer of wrong.layers.values()) layer.b.shape = [3, 8];
    const llama = await loadGoldenModel("llama");
    expect(complaint(() => llama.loadAdapter(wrong, "A"))).toMatch(/lora_B\.weight" has shape \[3,8\], but/);
    llama.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
