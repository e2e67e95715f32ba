import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { invalidFile, reasonOf, unsupportedFile } from "../file-formats/file-errors";
import type { JsonObject } from "../file-formats/json-file";
import { isJsonObject } from "../file-formats/json-file";
import { bytesOfToken } from "./byte-level";
import { portablePreTokenizer } from "./pre-tokenizers";
import type { DecodeOptions, StreamDecoder, Tokenizer, TokenizerFiles } from "./types";
import { createWordEncoder, searchByFiles } from "./word-encoder";

/** The keys under which a tokenizer names its special tokens. */
export const SPECIAL_TOKENS = [
  "bos_token",
  "eos_token",
  "unk_token",
  "pad_token",
  "sep_token",
  "cls_token",
  "mask_token",
];
const NO_BYTES = new Uint8Array(0);

/**
 * Makes a byte-level BPE tokenizer from tokenizer.json and tokenizer_config.json.
 * @param place how the tokenizer is called in messages: its file, or the GGUF that holds it
 * @param fallbackEosTokenId the model's own end of turn, for a tokenizer_config.json that names none
 */
export function createTokenizer(files: TokenizerFiles, place: string, fallbackEosTokenId?: number): Tokenizer {
  checkKind(files.tokenizer, place);
  const addedTokens = parseAddedTokens(files.tokenizer.added_tokens, place);
  const library = createLibraryTokenizer(files, place);
  const specialIds = new Set(addedTokens.filter(({ special }) => special).map(({ id }) => id));
  const tokens = tokensById(files.tokenizer.model, addedTokens, place);
  const bytes: (Uint8Array | undefined)[] = [];
  const bytesOf = (id: number): Uint8Array => {
    const token = tokens[id];
    if (token === undefined) return NO_BYTES;
    bytes[id] ??= bytesOfToken(token);
    return bytes[id];
  };

  const specialTokens = parseSpecialTokens(files.config);
  const idOf = (name: string) => library.token_to_id(specialTokens[name] ?? "") ?? null;
  const eosTokenId = idOf("eos_token") ?? fallbackEosTokenId;
  if (eosTokenId === undefined) {
    throw invalidFile(
      place,
      "names no end of turn: set eos_token in tokenizer_config.json, or eos_token_id in config.json or generation_config.json",
    );
  }

  function streamDecoder({ skipSpecialTokens = false }: DecodeOptions = {}): StreamDecoder {
    // One decoder reads all bytes, so that replacement characters come out as for the whole text, wherever tokens are
    // cut.
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return {
      push: (id) => decoder.decode(skipSpecialTokens && specialIds.has(id) ? NO_BYTES : bytesOf(id), { stream: true }),
      end: () => decoder.decode(),
    };
  }

  const portable = { ...files.tokenizer, pre_tokenizer: portablePreTokenizer(files.tokenizer.pre_tokenizer) };
  let encodeWords: ReturnType<typeof createWordEncoder> | undefined;

  return {
    encode(text) {
      // The encoder is made at the first text, because a caller that only decodes needs none.
      if (encodeWords === undefined)
        encodeWords = createWordEncoder({ files: { ...files, tokenizer: portable }, addedTokens });
      return (
        encodeWords?.(text) ??
        searchByFiles(portable, text, () => library.encode(text, { add_special_tokens: false }).ids)
      );
    },
    decode(ids, options) {
      const decoder = streamDecoder(options);
      return ids.map((id) => decoder.push(id)).join("") + decoder.end();
    },
    streamDecoder,
    tokenToId: (token) => library.token_to_id(token),
    idToToken: (id) => tokens[id],
    vocabSize: tokens.length,
    eosTokenId,
    bosTokenId: idOf("bos_token"),
    padTokenId: idOf("pad_token"),
    specialTokens,
    files,
  };
}

function checkKind(tokenizer: JsonObject, place: string): void {
  const kind = isJsonObject(tokenizer.model) ? tokenizer.model.type : undefined;
  if (kind !== "BPE" || !decodesBytes(tokenizer.decoder)) {
    throw unsupportedFile(place, `is a tokenizer of kind ${String(kind ?? "unknown")}; supported is byte-level BPE`);
  }
}

function decodesBytes(decoder: unknown): boolean {
  if (!isJsonObject(decoder)) return false;
  if (decoder.type === "Sequence") {
    return Array.isArray(decoder.decoders) && decoder.decoders.length === 1 && decodesBytes(decoder.decoders[0]);
  }
  return decoder.type === "ByteLevel";
}

function createLibraryTokenizer(files: TokenizerFiles, place: string): LibraryTokenizer {
  try {
    const preTokenizer = portablePreTokenizer(files.tokenizer.pre_tokenizer);
    return new LibraryTokenizer({ ...files.tokenizer, pre_tokenizer: preTokenizer }, files.config);
  } catch (error) {
    throw invalidFile(place, `is damaged (${reasonOf(error)})`, error);
  }
}

interface AddedToken {
  id: number;
  content: string;
  special: boolean;
}

function parseAddedTokens(value: unknown, place: string): AddedToken[] {
  if (!Array.isArray(value)) throw invalidFile(place, '"added_tokens" is missing');
  return value.map((token: unknown, index) => {
    if (!isJsonObject(token) || !isTokenId(token.id) || typeof token.content !== "string") {
      throw invalidFile(place, `"added_tokens[${index}]" should have an id and a content`);
    }
    return { id: token.id, content: token.content, special: token.special === true };
  });
}

function tokensById(model: unknown, addedTokens: AddedToken[], place: string): (string | undefined)[] {
  const vocabulary = isJsonObject(model) ? model.vocab : undefined;
  if (!isJsonObject(vocabulary)) throw invalidFile(place, '"model.vocab" is missing');
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of Object.entries(vocabulary)) {
    if (!isTokenId(id))
      throw invalidFile(place, `token ${JSON.stringify(token)}: its id ${String(id)} is not a token id`);
    tokens[id] = token;
  }
  for (const { id, content } of addedTokens) tokens[id] = content;
  return tokens;
}

/** Ids index arrays, so a damaged id must not make a huge array. */
function isTokenId(id: unknown): id is number {
  return Number.isInteger(id) && (id as number) >= 0 && (id as number) < 1 << 24;
}

/** A special token is a text, or an object with its text in `content`. */
function parseSpecialTokens(config: JsonObject): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const name of SPECIAL_TOKENS) {
    const value = config[name];
    const text = isJsonObject(value) ? value.content : value;
    if (typeof text === "string") tokens[name] = text;
  }
  return tokens;
}
