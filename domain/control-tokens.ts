/**
 * How the chat templates of known model families write the beginnings and ends of turns and of texts: ChatML, Llama, Phi and
 * Qwen (`<|…|>`), Gemma (`<start_of_turn>`), Mistral and Llama 2 (`[INST]`, `<<SYS>>`, `<s>`), DeepSeek (`<｜…｜>`).
 */
const CONTROL_TOKENS =
  /<\|[a-z0-9_]{1,40}\|>|<｜[^｜<>\n]{1,40}｜>|<(?:start|end)_of_(?:turn|image)>|<(?:bos|eos|pad|unk)>|<\/?s>|<<\/?SYS>>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|\[(?:PAD|BOS|EOS)\]/gi;

/**
 * Lists the control tokens in a text, each once. A model reads them as the end of a turn or as the beginning of another
 * one.
 */
export function findControlTokens(text: string): string[] {
  return [...new Set(text.match(CONTROL_TOKENS) ?? [])];
}
