import type { JsonObject } from "../file-formats/json-file";
import { isJsonObject } from "../file-formats/json-file";

/** GPT-2's split into words, numbers, punctuation and white space, as ByteLevel of `tokenizers` (Rust) has it. */
export const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

export function splitBy(pattern: string): JsonObject {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

export function byteLevel(useRegex: boolean): JsonObject {
  return { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: useRegex };
}

/**
 * Rewrites a pre-tokenizer in terms whose JavaScript and Rust meanings agree. The JavaScript library's ByteLevel takes
 * `\s` as JavaScript does (with U+FEFF, without U+0085) and its Digits knows ASCII digits only, where Rust takes
 * Unicode's classes; its Split translates the classes, so both are written as Splits.
 */
export function portablePreTokenizer(preTokenizer: unknown): unknown {
  if (!isJsonObject(preTokenizer)) return preTokenizer;
  if (preTokenizer.type === "Sequence" && Array.isArray(preTokenizer.pretokenizers)) {
    return { ...preTokenizer, pretokenizers: preTokenizer.pretokenizers.map(portablePreTokenizer) };
  }
  if (preTokenizer.type === "Digits") return splitBy(preTokenizer.individual_digits ? "\\p{N}" : "\\p{N}+");
  // With a prefix space the order of the steps would change, so that rare form is not rewritten.
  if (preTokenizer.type === "ByteLevel" && preTokenizer.use_regex !== false && !preTokenizer.add_prefix_space) {
    return { type: "Sequence", pretokenizers: [splitBy(GPT2_PATTERN), byteLevel(false)] };
  }
  return preTokenizer;
}
