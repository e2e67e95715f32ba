import type { ModelConfig } from "../models/config";
import { parseModelConfig } from "../models/config";
import { invalidFile, unsupportedFile } from "./file-errors";
import type { GgufTensorEntry } from "./gguf-header";
import type { JsonObject } from "./json-file";

/** The config.json that a GGUF's metadata stands for, parsed. */
export function configFromGguf(metadata: JsonObject, entries: readonly GgufTensorEntry[], path: string): ModelConfig {
  const architecture = metadata["general.architecture"];
  if (architecture !== "llama") {
    throw unsupportedFile(path, `"general.architecture" is ${JSON.stringify(architecture)}; supported is "llama"`);
  }
  const optional = (key: string) => {
    const value = metadata[key];
    return typeof value === "number" ? tidy(value) : undefined;
  };
  const required = (key: string) => {
    const value = optional(key);
    if (value === undefined) throw invalidFile(path, `"${key}" is missing`);
    return value;
  };
  const scaling = metadata["llama.rope.scaling.type"];
  if (scaling !== undefined && scaling !== "none") {
    throw unsupportedFile(path, `"llama.rope.scaling.type" is ${JSON.stringify(scaling)}; supported is "none"`);
  }
  const embeddings = entries.find(({ name }) => name === "token_embd.weight");
  if (!embeddings) throw invalidFile(path, "tensor token_embd.weight: is missing");
  const hiddenSize = required("llama.embedding_length");
  const heads = required("llama.attention.head_count");
  const headDim = optional("llama.attention.key_length") ?? hiddenSize / heads;
  const rotated = optional("llama.rope.dimension_count") ?? headDim;
  if (rotated !== headDim) {
    throw unsupportedFile(path, `"llama.rope.dimension_count" is ${rotated}; supported is the whole head (${headDim})`);
  }
  return parseModelConfig(
    {
      architectures: ["LlamaForCausalLM"],
      attention_bias: false,
      attention_dropout: 0,
      bos_token_id: optional("tokenizer.ggml.bos_token_id") ?? null,
      dtype: "float32",
      eos_token_id: optional("tokenizer.ggml.eos_token_id") ?? null,
      head_dim: headDim,
      hidden_act: "silu",
      hidden_size: hiddenSize,
      initializer_range: 0.02,
      intermediate_size: required("llama.feed_forward_length"),
      max_position_embeddings: required("llama.context_length"),
      mlp_bias: false,
      model_type: "llama",
      num_attention_heads: heads,
      num_hidden_layers: required("llama.block_count"),
      num_key_value_heads: optional("llama.attention.head_count_kv") ?? heads,
      pad_token_id: optional("tokenizer.ggml.padding_token_id") ?? null,
      rms_norm_eps: required("llama.attention.layer_norm_rms_epsilon"),
      rope_parameters: { rope_theta: optional("llama.rope.freq_base") ?? 10000, rope_type: "default" },
      tie_word_embeddings: !entries.some(({ name }) => name === "output.weight"),
      use_cache: true,
      vocab_size: embeddings.shape[0],
    },
    path,
  );
}

/** A float32 of the file as the decimal that was meant: 0.00001, not 0.000009999999747. */
function tidy(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}
