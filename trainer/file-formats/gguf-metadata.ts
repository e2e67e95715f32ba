import type { WeightType } from "@/domain/models/export-options";
import type { ModelConfig } from "../models/config";
import { templatesToGguf } from "../tokenizer/gguf-templates";
import { tokenizerToGguf } from "../tokenizer/gguf-tokenizer";
import { otherTemplates } from "../tokenizer/read-chat-template";
import type { Tokenizer } from "../tokenizer/types";
import { ropeToGguf } from "./gguf-rope";
import type { GgufValue } from "./write-gguf";

/** The type that most of the tensors are in, as llama.cpp numbers it (enum llama_ftype). */
const FILE_TYPE: Record<WeightType, number> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };
/** Version of the block layouts (GGML_QNT_VERSION). */
const QUANTISATION_VERSION = 2;

interface Described {
  config: ModelConfig;
  tokenizer: Tokenizer;
  chatTemplate: string | null;
  type: WeightType;
  /** A name of the model for people to read. */
  title: string;
  licence: string | null;
  /** The place that the model came from, for messages. */
  place: string;
}

/**
 * Makes all that a GGUF says about a model besides its tensors: the inverse of `configFromGguf` and
 * `tokenizerFilesFromGguf`.
 */
export function ggufMetadata(described: Described): Map<string, GgufValue> {
  const { config, tokenizer, chatTemplate, type, title, licence, place } = described;
  const metadata = new Map<string, GgufValue>([
    ["general.architecture", { text: config.family }],
    ["general.type", { text: "model" }],
    ["general.name", { text: title }],
    ["general.file_type", { uint32: FILE_TYPE[type] }],
    ["general.quantization_version", { uint32: QUANTISATION_VERSION }],
  ]);
  if (licence) metadata.set("general.license", { text: licence });
  for (const [key, value] of [...shapeKeys(config), ...ropeToGguf(config, place).keys])
    metadata.set(`${config.family}.${key}`, value);

  const { pre, tokens, types, merges, addsBos } = tokenizerToGguf(tokenizer, config.vocabSize, place);
  const [endOfTurn, endOfMessage] = config.eosTokenIds.filter((id) => id !== tokenizer.eosTokenId);
  const ids = {
    bos: tokenizer.bosTokenId ?? config.bosTokenId,
    eos: tokenizer.eosTokenId,
    eot: endOfTurn ?? null,
    eom: endOfMessage ?? null,
    padding: tokenizer.padTokenId ?? config.padTokenId,
    unknown: tokenizer.tokenToId(tokenizer.specialTokens.unk_token ?? "") ?? null,
  };
  metadata.set("tokenizer.ggml.model", { text: "gpt2" });
  metadata.set("tokenizer.ggml.pre", { text: pre });
  metadata.set("tokenizer.ggml.tokens", { texts: tokens });
  metadata.set("tokenizer.ggml.token_type", { int32s: types });
  metadata.set("tokenizer.ggml.merges", { texts: merges });
  for (const [name, id] of Object.entries(ids)) {
    if (id !== null) metadata.set(`tokenizer.ggml.${name}_token_id`, { uint32: id });
  }
  metadata.set("tokenizer.ggml.add_bos_token", { boolean: addsBos });
  const others = otherTemplates(tokenizer.files.config);
  for (const [key, value] of templatesToGguf(chatTemplate, others)) metadata.set(key, value);
  return metadata;
}

function shapeKeys(config: ModelConfig): [string, GgufValue][] {
  const common: [string, GgufValue][] = [
    ["context_length", { uint32: config.maxPositions }],
    ["embedding_length", { uint32: config.hiddenSize }],
    ["feed_forward_length", { uint32: config.intermediateSize }],
    ["block_count", { uint32: config.layers }],
    ["attention.head_count", { uint32: config.heads }],
  ];
  if (config.family === "gpt2") return [...common, ["attention.layer_norm_epsilon", { float32: config.normEpsilon }]];
  return [
    ...common,
    ["attention.head_count_kv", { uint32: config.keyValueHeads }],
    ["attention.key_length", { uint32: config.headDim }],
    ["attention.value_length", { uint32: config.headDim }],
    ["attention.layer_norm_rms_epsilon", { float32: config.normEpsilon }],
    ["rope.dimension_count", { uint32: config.headDim }],
    ["rope.freq_base", { float32: config.ropeTheta }],
    ["vocab_size", { uint32: config.vocabSize }],
  ];
}
