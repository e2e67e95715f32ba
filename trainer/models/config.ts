import { unsupportedFile } from "../file-formats/file-errors";
import type { JsonObject } from "../file-formats/json-file";
import { isJsonObject } from "../file-formats/json-file";
import { DEFAULT_MODEL } from "./catalogue";
import { Fields } from "./config-fields";
import { parseRope, type RopeScaling } from "./rope-scaling";

/**
 * The shape of a model, in Tuneloop's nouns. `raw` is the Hugging Face config.json, kept whole so that it can be
 * written back.
 */
export interface ModelConfig {
  family: "llama" | "gpt2";
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  /** Fewer than `heads` under grouped-query attention; equal to `heads` for GPT-2. */
  keyValueHeads: number;
  headDim: number;
  maxPositions: number;
  /** Base of the rotary frequencies; 0 for GPT-2, which learns its positions. */
  ropeTheta: number;
  /**
   * How rotary frequencies are stretched for longer contexts; null for models that don't stretch them, and for GPT-2.
   */
  ropeScaling: RopeScaling | null;
  normEpsilon: number;
  tieWordEmbeddings: boolean;
  /** A sequence classifier with one output: a scalar reward read at the last token. */
  rewardHead: boolean;
  bosTokenId: number | null;
  eosTokenIds: number[];
  padTokenId: number | null;
  raw: JsonObject;
}

/**
 * Reads a Hugging Face config.json (Llama or GPT-2 family; transformers 4 and 5 spellings).
 * A setting that the maths does not implement is refused rather than ignored. Errors name `file` and the key.
 */
export function parseModelConfig(raw: JsonObject, file: string): ModelConfig {
  const fields = new Fields(raw, file);
  if (raw.quantization_config) {
    throw unsupportedFile(
      file,
      '"quantization_config" is set; only plain weights are read: take the repository of the model before it was quantised, or a GGUF of it',
    );
  }
  const family = fields.text("model_type");
  if (family === "llama") return parseLlama(fields);
  if (family === "gpt2") return parseGpt2(fields);
  throw fields.unsupported(
    "model_type",
    family,
    `supported are llama (Llama 1 to 3.3, SmolLM, SmolLM2, TinyLlama and others of their shape) and gpt2; ${DEFAULT_MODEL} is one of them`,
  );
}

function parseLlama(fields: Fields): ModelConfig {
  fields.mustBe("hidden_act", "silu", ["swish"]);
  fields.mustBe("attention_bias", false);
  fields.mustBe("mlp_bias", false);
  const heads = fields.count("num_attention_heads");
  const keyValueHeads = fields.count("num_key_value_heads", heads);
  const hiddenSize = fields.count("hidden_size");
  const headDim = fields.count("head_dim", hiddenSize / heads);
  if (heads % keyValueHeads !== 0) {
    throw fields.invalid("num_key_value_heads", `of ${keyValueHeads} does not divide num_attention_heads (${heads})`);
  }
  if (headDim % 2 !== 0) throw fields.invalid("head_dim", `of ${headDim} is odd; rotary positions need pairs`);
  const maxPositions = fields.count("max_position_embeddings", 2048);
  return {
    family: "llama",
    vocabSize: fields.count("vocab_size"),
    hiddenSize,
    intermediateSize: fields.count("intermediate_size"),
    layers: fields.count("num_hidden_layers"),
    heads,
    keyValueHeads,
    headDim,
    maxPositions,
    ...parseRope(fields, maxPositions),
    normEpsilon: fields.positive("rms_norm_eps", 1e-6),
    tieWordEmbeddings: fields.flag("tie_word_embeddings", false),
    ...parseCommon(fields),
  };
}

function parseGpt2(fields: Fields): ModelConfig {
  fields.mustBe("activation_function", "gelu_new", ["gelu_pytorch_tanh", "gelu_fast"]);
  fields.mustBe("scale_attn_weights", true);
  fields.mustBe("scale_attn_by_inverse_layer_idx", false);
  fields.mustBe("add_cross_attention", false);
  const hiddenSize = fields.count("n_embd");
  const heads = fields.count("n_head");
  if (hiddenSize % heads !== 0) throw fields.invalid("n_head", `of ${heads} does not divide n_embd (${hiddenSize})`);
  return {
    family: "gpt2",
    vocabSize: fields.count("vocab_size"),
    hiddenSize,
    intermediateSize: fields.count("n_inner", 4 * hiddenSize),
    layers: fields.count("n_layer"),
    heads,
    keyValueHeads: heads,
    headDim: hiddenSize / heads,
    maxPositions: fields.count("n_positions"),
    ropeTheta: 0,
    ropeScaling: null,
    normEpsilon: fields.positive("layer_norm_epsilon", 1e-5),
    tieWordEmbeddings: fields.flag("tie_word_embeddings", true),
    ...parseCommon(fields),
  };
}

function parseCommon(fields: Fields) {
  const architectures = fields.raw.architectures;
  const rewardHead = Array.isArray(architectures) && String(architectures[0]).endsWith("ForSequenceClassification");
  const labels =
    fields.raw.num_labels ?? (isJsonObject(fields.raw.id2label) ? Object.keys(fields.raw.id2label).length : 1);
  if (rewardHead && labels !== 1) throw fields.unsupported("id2label", labels, "a reward model has exactly one output");
  return {
    rewardHead,
    bosTokenId: fields.tokenIds("bos_token_id")[0] ?? null,
    eosTokenIds: fields.tokenIds("eos_token_id"),
    padTokenId: fields.tokenIds("pad_token_id")[0] ?? null,
    raw: fields.raw,
  };
}
