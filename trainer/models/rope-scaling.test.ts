import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { loadBackend } from "../engine/backend";
import type { JsonObject } from "../file-formats/json-file";
import { readSafetensorsFolder } from "../file-formats/safetensors-folder";
import { type ForwardGolden, goldensFolder, readGolden } from "../fixtures/goldens";
import { parseModelConfig } from "./config";
import { packCompletions, toTargetTensors } from "./packed-targets";
import { toPackedTensors } from "./packing";
import { attentionFactor, inverseFrequencies } from "./rope-scaling";
import { createModel } from "./transformer-model";

interface ScaledGolden {
  name: string;
  rope_parameters: JsonObject;
  inverse_frequencies: number[];
  attention_factor: number;
  examples: Pick<ForwardGolden, "ids" | "logprob_sum" | "last_logits">[];
}

beforeAll(async () => {
  await loadBackend();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Compares a golden checkpoint's logits and log-probs with those of transformers. */
async function compareForward(folder: string, raw: JsonObject, examples: ScaledGolden["examples"]): Promise<void> {
  const config = parseModelConfig(raw, "config.json");
  const model = createModel(config, await readSafetensorsFolder(`${goldensFolder}/${folder}`), { name: "scaled" });
  const { batch, targets } = packCompletions(
    examples.map(({ ids }) => ({ promptIds: ids.slice(0, 1), completions: [ids.slice(1)] })),
  );
  tf.tidy(() => {
    const hidden = model.hiddenStates(toPackedTensors(batch), { adapter: false });
    const { positions, targets: ids, membership } = toTargetTensors(targets);
    const logProbs = model.targetLogProbs(tf.gather(hidden, positions), ids);
    const sums = tf.matMul(membership, tf.expandDims(logProbs, 1) as tf.Tensor2D).dataSync();
    const last = examples.map((example, r) => (batch.offsets[r] as number) + example.ids.length - 1);
    const logits = model.logits(tf.gather(hidden, tf.tensor1d(last, "int32"))).arraySync();
    examples.forEach((example, r) => {
      expect(Math.abs((sums[r] as number) / example.logprob_sum - 1)).toBeLessThan(5e-5);
      for (const [v, value] of example.last_logits.entries()) expect(logits[r]?.[v]).toBeCloseTo(value, 3);
    });
  });
  model.dispose();
}

describe("rotary scaling", () => {
  const llama3 = {
    rope_type: "llama3",
    factor: 32,
    high_freq_factor: 4,
    low_freq_factor: 1,
    original_max_position_embeddings: 8192,
  };
  it.each([
    ["transformers 5", { rope_parameters: { ...llama3, rope_theta: 500000 } }],
    ["transformers 4", { rope_parameters: undefined, rope_theta: 500000, rope_scaling: llama3 }],
    [
      "its first spelling",
      {
        rope_parameters: undefined,
        rope_theta: 500000,
        rope_scaling: { ...llama3, rope_type: undefined, type: "llama3" },
      },
    ],
  ])("gives the frequencies of Llama 3.2 as %s writes them", async (_, change) => {
    const raw = { ...(await readGolden<JsonObject>("llama/config.json")), max_position_embeddings: 131072, ...change };
    const wanted = [1, 0.193923, 0.037606, 0.00729266, 0.000429557, 8.57026e-6, 1.66197e-6, 3.22293e-7];
    const found = inverseFrequencies(parseModelConfig(raw, "config.json"));
    for (const [j, value] of wanted.entries()) expect((found[j] as number) / value).toBeCloseTo(1, 5);
  });

  it("takes the original context from the top level, where some checkpoints have it", async () => {
    const raw = await readGolden<JsonObject>("llama3/config.json");
    const scaling = parseModelConfig({ ...raw, original_max_position_embeddings: 32 }, "config.json").ropeScaling;
    expect(scaling).toMatchObject({ kind: "llama3", originalPositions: 32 });
  });

  it.each(["fused", "composed"])("gives a Llama 3 checkpoint's own results, %s", async (operations) => {
    vi.stubEnv("TUNELOOP_FUSED", operations === "fused" ? "1" : "0");
    await compareForward("llama3", await readGolden("llama3/config.json"), await readGolden("llama3-forward.json"));
  });

  it.each(["fused", "composed"])("gives what transformers gives for every kind, %s", async (operations) => {
    vi.stubEnv("TUNELOOP_FUSED", operations === "fused" ? "1" : "0");
    const raw = await readGolden<JsonObject>("llama/config.json");
    for (const { rope_parameters, examples, ...golden } of await readGolden<ScaledGolden[]>("rope-scaling.json")) {
      const changed = { ...raw, rope_parameters };
      const config = parseModelConfig(changed, "config.json");
      expect(attentionFactor(config)).toBeCloseTo(golden.attention_factor, 6);
      const found = inverseFrequencies(config);
      for (const [j, value] of golden.inverse_frequencies.entries())
        expect((found[j] as number) / value).toBeCloseTo(1, 5);
      await compareForward("llama", changed, examples);
    }
  });

  it("changes what the model says, so that the goldens can tell", async () => {
    const raw = await readGolden<JsonObject>("llama/config.json");
    const [plain] = await readGolden<{ llama: ForwardGolden[] }>("forward.json").then(({ llama }) => llama);
    const sums = (await readGolden<ScaledGolden[]>("rope-scaling.json")).map(
      ({ examples }) => examples[0]?.logprob_sum,
    );
    const changed = sums.filter((sum) => Math.abs((sum as number) - (plain as ForwardGolden).logprob_sum) > 0.05);
    expect(parseModelConfig(raw, "config.json").ropeScaling).toBeNull();
    expect(changed).toHaveLength(4); // the dynamic kind is missing, because it scales nothing within the context
  });
});
