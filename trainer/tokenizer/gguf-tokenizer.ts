import { invalidFile, unsupportedFile } from "../checkpoints/file-errors";
import type { JsonObject } from "../checkpoints/json-file";
import { byteLevel, splitBy } from "./pre-tokenizers";
import type { TokenizerFiles } from "./types";

/** Token types of llama.cpp (enum llama_token_type) whose tokens are matched as a whole before any merging. */
const CONTROL = 3;
const USER_DEFINED = 4;

const LLAMA3_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const QWEN2_PATTERN = LLAMA3_PATTERN.replace("\\p{N}{1,3}", "\\p{N}");

/** How each `tokenizer.ggml.pre` splits text (src/llama-vocab.cpp), said as tokenizer.json says it. */
const PRE_TOKENIZERS: Record<
  string,
  { preTokenizer: JsonObject; ignoreMerges: boolean; normalizer: JsonObject | null }
> = {
  "gpt-2": { preTokenizer: byteLevel(true), ignoreMerges: false, normalizer: null },
  smollm: {
    preTokenizer: sequence({ type: "Digits", individual_digits: true }, byteLevel(true)),
    ignoreMerges: false,
    normalizer: null,
  },
  "llama-bpe": {
    preTokenizer: sequence(splitBy(LLAMA3_PATTERN), byteLevel(false)),
    ignoreMerges: true,
    normalizer: null,
  },
  qwen2: {
    preTokenizer: sequence(splitBy(QWEN2_PATTERN), byteLevel(false)),
    ignoreMerges: false,
    normalizer: { type: "NFC" },
  },
};

function sequence(...pretokenizers: JsonObject[]): JsonObject {
  return { type: "Sequence", pretokenizers };
}

/** Rebuilds tokenizer.json and tokenizer_config.json from the metadata of a GGUF. `place` names it in messages. */
export function tokenizerFilesFromGguf(metadata: JsonObject, place: string): TokenizerFiles {
  const text = (key: string) => {
    const value = metadata[`tokenizer.ggml.${key}`];
    if (typeof value !== "string") throw invalidFile(place, `"tokenizer.ggml.${key}" is missing`);
    return value;
  };
  if (text("model") !== "gpt2") {
    throw unsupportedFile(place, `"tokenizer.ggml.model" is ${text("model")}; supported is gpt2 (byte-level BPE)`);
  }
  const known = PRE_TOKENIZERS[text("pre")];
  if (!known) {
    const names = Object.keys(PRE_TOKENIZERS).join(", ");
    throw unsupportedFile(place, `"tokenizer.ggml.pre" is ${text("pre")}; supported are ${names}`);
  }
  const tokens = texts(metadata, "tokens", place);
  const merges = texts(metadata, "merges", place).map((merge) => {
    const parts = merge.split(" ");
    if (parts.length !== 2) throw invalidFile(place, `"tokenizer.ggml.merges" holds ${JSON.stringify(merge)}, no pair`);
    return parts;
  });
  return {
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: addedTokens(tokens, metadata["tokenizer.ggml.token_type"], place),
      normalizer: known.normalizer,
      pre_tokenizer: known.preTokenizer,
      post_processor: null,
      decoder: byteLevel(true),
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: known.ignoreMerges,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    },
    config: tokenizerConfig(tokens, metadata, place),
  };
}

function addedTokens(tokens: string[], types: unknown, place: string): JsonObject[] {
  if (!Array.isArray(types) || types.length !== tokens.length) {
    throw invalidFile(place, '"tokenizer.ggml.token_type" should have a type for each token');
  }
  return tokens.flatMap((content, id) =>
    types[id] === CONTROL || types[id] === USER_DEFINED
      ? [
          {
            id,
            content,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: types[id] === CONTROL,
          },
        ]
      : [],
  );
}

function tokenizerConfig(tokens: string[], metadata: JsonObject, place: string): JsonObject {
  const config: JsonObject = { tokenizer_class: "PreTrainedTokenizerFast", clean_up_tokenization_spaces: false };
  for (const [name, key] of [
    ["bos_token", "bos"],
    ["eos_token", "eos"],
    ["unk_token", "unknown"],
    ["pad_token", "padding"],
  ] as const) {
    const id = metadata[`tokenizer.ggml.${key}_token_id`];
    if (id === undefined) continue;
    const token = tokens[Number(id)];
    if (token === undefined)
      throw invalidFile(place, `"tokenizer.ggml.${key}_token_id" is ${String(id)}, which is no token`);
    config[name] = token;
  }
  const length = metadata["llama.context_length"];
  if (typeof length === "number") config.model_max_length = length;
  return config;
}

function texts(metadata: JsonObject, key: string, place: string): string[] {
  const value = metadata[`tokenizer.ggml.${key}`];
  if (!Array.isArray(value) || !value.every((text) => typeof text === "string")) {
    throw invalidFile(place, `"tokenizer.ggml.${key}" is missing`);
  }
  return value;
}
