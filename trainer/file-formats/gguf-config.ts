import type { ModelConfig } from "../models/config";
import { parseModelConfig } from "../models/config";
import { invalidFile, unsupportedFile } from "./file-errors";
import type { GgufTensorEntry } from "./gguf-header";
import { ropeFromGguf } from "./gguf-rope";
import type { JsonObject } from "./json-file";

/**
 * Builds the parsed config.json that a GGUF's metadata stands for.
 * @param divisors values of `rope_freqs.weight`, if the file has that tensor
 */
export function configFromGguf(
  metadata: JsonObject,
  entries: readonly GgufTensorEntry[],
  path: string,
  divisors?: Float32Array,
): ModelConfig {
  const architecture = metadata["general.architecture"];
  const fields = new Metadata(metadata, path);
  const embeddings = entries.find(({ name }) => name === "token_embd.weight");
  const common = {
    bos_token_id: fields.optional("tokenizer.ggml.bos_token_id") ?? null,
    dtype: "float32",
    eos_token_id: endOfTurn(fields),
    initializer_range: 0.02,
    pad_token_id: fields.optional("tokenizer.ggml.padding_token_id") ?? null,
    tie_word_embeddings: !entries.some(({ name }) => name === "output.weight"),
    use_cache: true,
    vocab_size: embeddings?.shape[0],
  };
  const read = architecture === "llama" ? llamaConfig : architecture === "gpt2" ? gpt2Config : undefined;
  if (!read) {
    throw unsupportedFile(
      path,
      `"general.architecture" is ${JSON.stringify(architecture)}; supported are "llama" and "gpt2"`,
    );
  }
  if (!embeddings) throw invalidFile(path, "tensor token_embd.weight: is missing");
  return parseModelConfig({ ...read(fields, path, divisors), ...common }, path);
}

/** The ids that end a turn. Further tokens that end a turn or a message have metadata keys of their own. */
function endOfTurn(fields: Metadata): number | number[] | null {
  const ids = ["eos", "eot", "eom"].map((name) => fields.optional(`tokenizer.ggml.${name}_token_id`));
  const known = [...new Set(ids.filter((id) => id !== undefined))];
  return known.length > 1 ? known : (known[0] ?? null);
}

function llamaConfig(fields: Metadata, path: string, divisors?: Float32Array): JsonObject {
  const hiddenSize = fields.required("llama.embedding_length");
  const heads = fields.required("llama.attention.head_count");
  const headDim = fields.optional("llama.attention.key_length") ?? hiddenSize / heads;
  const rotated = fields.optional("llama.rope.dimension_count") ?? headDim;
  if (rotated !== headDim) {
    throw unsupportedFile(path, `"llama.rope.dimension_count" is ${rotated}; supported is the whole head (${headDim})`);
  }
  return {
    architectures: ["LlamaForCausalLM"],
    attention_bias: false,
    attention_dropout: 0,
    head_dim: headDim,
    hidden_act: "silu",
    hidden_size: hiddenSize,
    intermediate_size: fields.required("llama.feed_forward_length"),
    max_position_embeddings: fields.required("llama.context_length"),
    mlp_bias: false,
    model_type: "llama",
    num_attention_heads: heads,
    num_hidden_layers: fields.required("llama.block_count"),
    num_key_value_heads: fields.optional("llama.attention.head_count_kv") ?? heads,
    rms_norm_eps: fields.required("llama.attention.layer_norm_rms_epsilon"),
    rope_parameters: ropeFromGguf({
      metadata: fields.metadata,
      divisors,
      headDim,
      path,
      theta: fields.optional("llama.rope.freq_base") ?? 10000,
    }),
  };
}

function gpt2Config(fields: Metadata): JsonObject {
  return {
    activation_function: "gelu_new",
    architectures: ["GPT2LMHeadModel"],
    attn_pdrop: 0,
    embd_pdrop: 0,
    layer_norm_epsilon: fields.required("gpt2.attention.layer_norm_epsilon"),
    model_type: "gpt2",
    n_embd: fields.required("gpt2.embedding_length"),
    n_head: fields.required("gpt2.attention.head_count"),
    n_inner: fields.required("gpt2.feed_forward_length"),
    n_layer: fields.required("gpt2.block_count"),
    n_positions: fields.required("gpt2.context_length"),
    resid_pdrop: 0,
    scale_attn_by_inverse_layer_idx: false,
    scale_attn_weights: true,
  };
}

/** Reads the numbers among a GGUF's metadata. */
class Metadata {
  constructor(
    readonly metadata: JsonObject,
    private readonly path: string,
  ) {}

  optional(key: string): number | undefined {
    const value = this.metadata[key];
    return typeof value === "number" ? tidy(value) : undefined;
  }

  required(key: string): number {
    const value = this.optional(key);
    if (value === undefined) throw invalidFile(this.path, `"${key}" is missing`);
    return value;
  }
}

/** Turns a float32 of the file into the decimal that was meant: 0.00001, not 0.000009999999747. */
function tidy(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}
