import { controlTokensAmong } from "@/domain/control-tokens";
import type { Tokenizer } from "./types";

/**
 * Lists the special tokens of a tokenizer as they are written. Inside of a text they are no text to the model: they end
 * a turn, or open another one.
 */
export const controlTokensOf = ({ files, specialTokens }: Pick<Tokenizer, "files" | "specialTokens">): string[] =>
  controlTokensAmong(files.tokenizer.added_tokens, Object.values(specialTokens));
