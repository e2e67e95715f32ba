/**
 * How the chat templates of known model families write the beginnings and ends of turns and of texts: ChatML, Llama, Phi and
 * Qwen (`<|…|>`), Gemma (`<start_of_turn>`), Mistral and Llama 2 (`[INST]`, `<<SYS>>`, `<s>`), DeepSeek (`<｜…｜>`).
 */
const CONTROL_TOKENS =
  /<\|[a-z0-9_]{1,40}\|>|<｜[^｜<>\n]{1,40}｜>|<(?:start|end)_of_(?:turn|image)>|<(?:bos|eos|pad|unk)>|<\/?s>|<<\/?SYS>>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|\[(?:PAD|BOS|EOS)\]/gi;

/** The pattern of known families' tokens, for a search by the database. */
export const CONTROL_TOKEN_PATTERN = CONTROL_TOKENS.source;

/**
 * Makes a search for the tokens of one tokenizer, written as they are. It lists those that a text holds, each once.
 *
 * @param tokens the special tokens of the tokenizer
 */
export function searchTokens(tokens: readonly string[]): (text: string) => string[] {
  if (tokens.length === 0) return () => [];
  // The longer of two tokens that begin alike is the one that a tokenizer takes.
  const longestFirst = tokens.toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  return (text) => [...new Set(text.match(pattern) ?? [])];
}

/**
 * Lists the control tokens in a text, each once. A model reads them as the end of a turn or as the beginning of another
 * one.
 */
export function findControlTokens(text: string): string[] {
  return [...new Set(text.match(CONTROL_TOKENS) ?? [])];
}

/** Tokens so short that they stand in ordinary text as well. */
const SHORTEST = 3;

/**
 * Lists the control tokens of a tokenizer as they are written: those that its file marks as special, and those that its
 * settings name. A text that holds one means something else to the model than it says.
 *
 * @param addedTokens the value of `added_tokens` in tokenizer.json
 * @param named the tokens that the settings name, such as the one that ends a text
 */
export function controlTokensAmong(addedTokens: unknown, named: readonly string[] = []): string[] {
  const special = (Array.isArray(addedTokens) ? (addedTokens as unknown[]) : []).flatMap((token) => {
    const { special, content } = (token ?? {}) as { special?: unknown; content?: unknown };
    return special === true && typeof content === "string" ? [content] : [];
  });
  return [...new Set([...special, ...named])].filter(({ length }) => length >= SHORTEST);
}
