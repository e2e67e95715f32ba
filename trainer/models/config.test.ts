import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseModelConfig } from "./config";

const fixtures = path.join(import.meta.dirname, "../fixtures/goldens");
const golden = async (name: string) => JSON.parse(await readFile(path.join(fixtures, name, "config.json"), "utf8"));

describe("parseModelConfig", () => {
  it("reads a Llama of transformers 5", async () => {
    expect(parseModelConfig(await golden("llama"), "config.json")).toMatchObject({
      family: "llama",
      vocabSize: 512,
      hiddenSize: 64,
      intermediateSize: 128,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      headDim: 16,
      maxPositions: 512,
      ropeTheta: 10000,
      normEpsilon: 1e-5,
      tieWordEmbeddings: false,
      rewardHead: false,
      bosTokenId: null,
      eosTokenIds: [2],
      padTokenId: 0,
    });
  });

  it("reads a Llama of transformers 4, with theta at the top and defaults left out", () => {
    const config = parseModelConfig(
      {
        model_type: "llama",
        vocab_size: 100,
        hidden_size: 32,
        intermediate_size: 64,
        num_hidden_layers: 1,
        num_attention_heads: 4,
        rope_theta: 500000,
        rope_scaling: null,
        eos_token_id: [3, 4],
      },
      "config.json",
    );
    expect(config).toMatchObject({
      ropeTheta: 500000,
      keyValueHeads: 4,
      headDim: 8,
      normEpsilon: 1e-6,
      eosTokenIds: [3, 4],
    });
  });

  it("reads a GPT-2", async () => {
    expect(parseModelConfig(await golden("gpt2"), "config.json")).toMatchObject({
      family: "gpt2",
      hiddenSize: 64,
      intermediateSize: 256,
      layers: 2,
      heads: 4,
      keyValueHeads: 4,
      headDim: 16,
      maxPositions: 512,
      tieWordEmbeddings: true,
      bosTokenId: 0,
    });
  });

  it("knows a reward model by its architecture", async () => {
    const raw = {
      ...(await golden("llama")),
      architectures: ["LlamaForSequenceClassification"],
      id2label: { "0": "LABEL_0" },
    };
    expect(parseModelConfig(raw, "config.json").rewardHead).toBe(true);
    expect(() => parseModelConfig({ ...raw, id2label: { "0": "a", "1": "b" } }, "config.json")).toThrow(
      "exactly one output",
    );
  });

  it("takes other names of the functions that it knows", async () => {
    const llama = { ...(await golden("llama")), hidden_act: "swish" };
    expect(parseModelConfig(llama, "config.json").family).toBe("llama");
    for (const activation_function of ["gelu_pytorch_tanh", "gelu_fast"]) {
      expect(parseModelConfig({ ...(await golden("gpt2")), activation_function }, "config.json").family).toBe("gpt2");
    }
  });

  it.each([
    [{ model_type: "mamba" }, 'folder/config.json: "model_type" is "mamba"; supported are llama (Llama 1 to 3.3'],
    [{ model_type: undefined }, 'folder/config.json: "model_type" is missing'],
    [{ hidden_size: undefined }, 'folder/config.json: "hidden_size" is missing'],
    [{ hidden_size: "64" }, 'folder/config.json: "hidden_size" should be a positive number, not "64"'],
    [{ num_hidden_layers: 1.5 }, 'folder/config.json: "num_hidden_layers" should be a whole number, not 1.5'],
    [{ num_key_value_heads: 3 }, '"num_key_value_heads" of 3 does not divide num_attention_heads (4)'],
    [{ head_dim: 15 }, '"head_dim" of 15 is odd'],
    [{ hidden_act: "gelu" }, '"hidden_act" is "gelu"; supported is "silu"'],
    [{ attention_bias: true }, '"attention_bias" is true; supported is false'],
    [
      { rope_parameters: { rope_type: "longrope", rope_theta: 1 } },
      '"rope_parameters.rope_type" is "longrope"; supported',
    ],
    [{ rope_parameters: { rope_type: "llama3", factor: 8 } }, '"rope_parameters.low_freq_factor" is missing'],
    [{ partial_rotary_factor: 0.5 }, '"partial_rotary_factor" is 0.5; supported is 1: the whole head turns'],
    [{ rope_parameters: { rope_theta: "x" } }, '"rope_parameters.rope_theta" should be a positive number'],
    [{ rope_parameters: undefined, rope_scaling: { type: "linear" } }, '"rope_scaling.factor" is missing'],
    [
      { rope_scaling: { rope_type: "linear", factor: 2 }, rope_theta: 10000 },
      '"rope_parameters" and "rope_scaling" say different things about the positions',
    ],
    [{ rope_theta: 20000 }, '"rope_parameters" and "rope_theta" at the top level say different things'],
    [
      { rope_parameters: undefined, rope_scaling: { type: "linear", rope_type: "dynamic", factor: 2 } },
      '"rope_scaling.type" is "linear", but "rope_type" is "dynamic": keep one',
    ],
    [{ rope_parameters: undefined, rope_scaling: { type: "su" } }, '"rope_scaling.type" is "su"; supported are'],
    [{ quantization_config: { bits: 4 } }, "take the repository of the model before it was quantised"],
    [{ eos_token_id: [-1] }, '"eos_token_id" should be a token id or a list of them'],
    [{ tie_word_embeddings: "no" }, '"tie_word_embeddings" should be true or false'],
  ])("refuses %j, naming file and key", async (change, message) => {
    const raw = { ...(await golden("llama")), ...change };
    expect(() => parseModelConfig(raw, "folder/config.json")).toThrow(message);
  });
});
