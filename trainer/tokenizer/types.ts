import type { JsonObject } from "../file-formats/json-file";

export interface DecodeOptions {
  /** Leaves out control tokens such as the end of turn. Default false. */
  skipSpecialTokens?: boolean;
}

/** Text between two token sequences and their ids. `encode` never adds tokens: the chat template writes all of them. */
export interface Tokenizer {
  encode(text: string): number[];
  /** Decodes ids. Bytes that are no valid UTF-8 become U+FFFD. Ids without a token (padded embeddings) give nothing. */
  decode(ids: readonly number[], options?: DecodeOptions): string;
  /** Decodes ids as they come; a character is given out once all of its bytes are there. */
  streamDecoder(options?: DecodeOptions): StreamDecoder;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** One more than the highest id. */
  readonly vocabSize: number;
  readonly eosTokenId: number;
  readonly bosTokenId: number | null;
  readonly padTokenId: number | null;
  /** The texts of `bos_token`, `eos_token` …, for chat templates that write them. */
  readonly specialTokens: Record<string, string>;
  /** The files that the tokenizer was made from, so that a trained model can be written with the same tokenizer. */
  readonly files: TokenizerFiles;
}

export interface StreamDecoder {
  push(id: number): string;
  /** Gives the text that is still held back, with U+FFFD for an unfinished character. */
  end(): string;
}

/** The contents of tokenizer.json and tokenizer_config.json. */
export interface TokenizerFiles {
  tokenizer: JsonObject;
  config: JsonObject;
}

/** A chat template for a special use, such as `tool_use`. */
export interface NamedTemplate {
  name: string;
  template: string;
}

/** The chat templates of a model's files. */
export interface ChatTemplates {
  /** The template that is used; null for a model without one. */
  template: string | null;
  /** Templates for special uses, which are kept and written back. */
  others: NamedTemplate[];
  /** Remarks on the choice that the model's user should know. */
  remarks: string[];
}
