import { DomainError } from "@/domain/errors";
import { invalidFile } from "../file-formats/file-errors";
import type { ModelConfig } from "../models/config";
import type { Tokenizer } from "./types";

/** The number of tokens that a message names. */
const NAMED = 5;

/**
 * Limits a tokenizer with more tokens than the model has embeddings, as fine-tunes that added a padding token have it:
 * texts that hold such a token are refused one by one, and the model is used for all others.
 *
 * @throws DomainError if words of the vocabulary itself have no embedding: the tokenizer is another model's
 */
export function limitTokenizer<Model extends { tokenizer: Tokenizer; config: ModelConfig }>(
  model: Model,
  place: string,
): { model: Model; notice: string | null } {
  const { tokenizer, config } = model;
  const rows = config.vocabSize;
  const has = (id: number | null) => id === null || id < rows;
  const limited = { ...model, config: has(config.padTokenId) ? config : withoutPadding(config) };
  if (tokenizer.vocabSize <= rows) return { model: limited, notice: null };
  const without = Array.from({ length: tokenizer.vocabSize - rows }, (_, n) => rows + n).filter(
    (id) => tokenizer.idToToken(id) !== undefined,
  );
  const added = new Set((tokenizer.files.tokenizer.added_tokens as { id: number }[]).map(({ id }) => id));
  if (without.some((id) => !added.has(id))) {
    throw invalidFile(
      place,
      `its tokenizer has ${tokenizer.vocabSize} tokens, its model only ${rows} ("vocab_size" in config.json), and not only added ones are too many: take the tokenizer that belongs to these weights, or give the model embeddings for all of them (resize_token_embeddings(${tokenizer.vocabSize}) of transformers)`,
    );
  }
  const nameOf = (id: number) => `${tokenizer.idToToken(id)} (${id})`;
  const names = without.slice(0, NAMED).map(nameOf).join(", ");
  const more = without.length > NAMED ? ` and ${without.length - NAMED} more` : "";
  return {
    model: {
      ...limited,
      tokenizer: {
        ...tokenizer,
        padTokenId: has(tokenizer.padTokenId) ? tokenizer.padTokenId : null,
        bosTokenId: has(tokenizer.bosTokenId) ? tokenizer.bosTokenId : null,
        encode(text) {
          const ids = tokenizer.encode(text);
          const outside = ids.find((id) => id >= rows);
          if (outside !== undefined) {
            throw new DomainError(
              "token-without-embedding",
              `The text holds ${nameOf(outside)}, which has no embedding`,
            );
          }
          return ids;
        },
      },
    },
    notice: `${names}${more} ${without.length === 1 ? "has" : "have"} no embedding; texts that hold ${without.length === 1 ? "it" : "them"} are refused`,
  };
}

/** transformers loads no model whose padding token has no embedding. */
const withoutPadding = (config: ModelConfig): ModelConfig => ({
  ...config,
  padTokenId: null,
  raw: { ...config.raw, pad_token_id: null },
});
