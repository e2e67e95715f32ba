import { isJsonObject } from "../file-formats/json-file";
import type { Tokenizer } from "./types";

/** Tokens so short that they stand in ordinary text as well. */
const SHORTEST = 3;

/**
 * Lists the special tokens of a tokenizer as they are written. Inside of a text they are no text to the model: they end
 * a turn, or open another one.
 */
export function controlTokensOf({ files, specialTokens }: Pick<Tokenizer, "files" | "specialTokens">): string[] {
  const added: unknown = files.tokenizer.added_tokens;
  const special = (Array.isArray(added) ? added : []).flatMap((token: unknown) =>
    isJsonObject(token) && token.special === true && typeof token.content === "string" ? [token.content] : [],
  );
  return [...new Set([...special, ...Object.values(specialTokens)])].filter(({ length }) => length >= SHORTEST);
}
