import { invalidFile, unsupportedFile } from "../file-formats/file-errors";
import { isJsonObject, type JsonObject } from "../file-formats/json-file";
import { byteLevel, portablePreTokenizer, splitBy } from "./pre-tokenizers";
import type { Tokenizer, TokenizerFiles } from "./types";

/** Token types of llama.cpp (enum llama_token_type). Control and user-defined tokens are matched whole before any merging. */
const NORMAL = 1;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

const LLAMA3_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const QWEN2_PATTERN = LLAMA3_PATTERN.replace("\\p{N}{1,3}", "\\p{N}");

/** The way in which each `tokenizer.ggml.pre` splits text (src/llama-vocab.cpp), in the terms of tokenizer.json. */
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
      throw invalidFile(place, `"tokenizer.ggml.${key}_token_id" is ${String(id)}, which is not a token`);
    config[name] = token;
  }
  const length = metadata[`${String(metadata["general.architecture"])}.context_length`];
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

/** The keys of a GGUF (without `tokenizer.ggml.`) that hold a tokenizer. */
export interface GgufTokenizer {
  pre: string;
  /** The tokens, as many as the model has rows of embeddings; free ids get a name of their own. */
  tokens: string[];
  types: number[];
  merges: string[];
  /** Whether the tokenizer puts the beginning-of-sequence token before every text. */
  addsBos: boolean;
}

/**
 * Writes a byte-level BPE tokenizer in the form that a GGUF keeps.
 * @param rows tokens that the model has embeddings for
 * @throws DomainError if a GGUF has no name for how this tokenizer splits text
 */
export function tokenizerToGguf(tokenizer: Tokenizer, rows: number, place: string): GgufTokenizer {
  const { tokenizer: file, config } = tokenizer.files;
  const model = file.model as { ignore_merges?: unknown; merges?: unknown };
  const special = new Map((file.added_tokens as { id: number; special?: boolean }[]).map((token) => [token.id, token]));
  const pre = Object.entries(PRE_TOKENIZERS).find(
    ([, known]) =>
      splits(known.preTokenizer) === splits(file.pre_tokenizer) &&
      known.ignoreMerges === (model.ignore_merges === true) &&
      isSameNormalizer(known.normalizer, file.normalizer),
  )?.[0];
  if (!pre) {
    const names = Object.keys(PRE_TOKENIZERS).join(", ");
    throw unsupportedFile(place, `its tokenizer splits text in a way that has no name in a GGUF (known: ${names})`);
  }
  const tokens: string[] = [];
  const types: number[] = [];
  for (let id = 0; id < rows; id++) {
    const token = tokenizer.idToToken(id);
    const added = special.get(id);
    tokens.push(token ?? `[PAD${id}]`);
    types.push(token === undefined ? UNUSED : added?.special ? CONTROL : added ? USER_DEFINED : NORMAL);
  }
  const merges = (model.merges as (string | [string, string])[]).map((merge) =>
    typeof merge === "string" ? merge : merge.join(" "),
  );
  return { pre, tokens, types, merges, addsBos: addsBos(file.post_processor, config, tokenizer) };
}

/** The part of a pre-tokenizer that decides where text is cut; offsets do not. */
function splits(preTokenizer: unknown): string {
  return JSON.stringify(portablePreTokenizer(preTokenizer), (key, value: unknown) =>
    key === "trim_offsets" || (key === "add_prefix_space" && value === false) ? undefined : sorted(value),
  );
}

function sorted(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isSameNormalizer(known: JsonObject | null, found: unknown): boolean {
  return (known?.type ?? null) === (isJsonObject(found) ? found.type : null);
}

function addsBos(postProcessor: unknown, config: JsonObject, { specialTokens }: Tokenizer): boolean {
  if (typeof config.add_bos_token === "boolean") return config.add_bos_token;
  const bos = specialTokens.bos_token;
  return bos !== undefined && JSON.stringify(firstPiece(postProcessor) ?? null).includes(JSON.stringify(bos));
}

/** The piece that a TemplateProcessing, alone or in a sequence, puts first. */
function firstPiece(postProcessor: unknown): unknown {
  if (!isJsonObject(postProcessor)) return undefined;
  if (Array.isArray(postProcessor.processors)) return postProcessor.processors.map(firstPiece).find(Boolean);
  return Array.isArray(postProcessor.single) ? postProcessor.single[0] : undefined;
}
