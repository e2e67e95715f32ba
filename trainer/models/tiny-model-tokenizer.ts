import type { JsonObject } from "../file-formats/json-file";
import { CHARACTER_OF_BYTE } from "../tokenizer/byte-level";
import { byteLevel } from "../tokenizer/pre-tokenizers";
import type { TokenizerFiles } from "../tokenizer/types";

const SPECIAL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

/** The 253 commonest merges of the demo project's prompts, in order (Ġ stands for a space). */
const MERGES = `
  Ġ|a Ġ|t Ġt|h i|n Ġ|s e|r Ġ|w e|s Ġ|f o|u Ġ|o a|t Ġ|i e|n Ġ|c Ġth|e Ġa|n Ġ|m Ġ|b Ġ|d r|e l|e r|i Ġ|W o|w o|r o|n
  Ġ|n Ġ|p Ġ|h Ġ|I a|y Ġt|o a|n Ġ|l Ġan|d Ġ|in a|r s|e l|d Ġi|t t|e t|h Ġo|n Ġd|o s|t Ġ|S in|g Ġi|s o|m h|at v|e
  Ġs|h Ġf|or c|e Ġ|y ou|ld c|h o|t Ġo|f a|s e|t l|l Ġ|e Ġth|at a|in Ġ|H l|y o|d Ġ|T en|t ri|te ĠW|hat ĠW|rite
  ĠH|ow e|e Ġs|t Ġw|h Ġy|ou d|ay p|l u|m Ġ|re g|h u|n x|pl Ġ|E Ġa|t er|s Ġn|ot Ġh|a Ġon|e xpl|ain i|c s|w t|er Ġ|g
  Ġ|r Ġw|i e|d i|on Ġo|r Ġan|sw ĠE|xplain a|l a|m c|t i|ve p|le Ġt|w Ġf|a ou|r Ġc|o re|e a|ch i|r i|gh m|a u|r Ġ|A
  Ġ|k Ġa|re Ġth|ree Ġs|ent Ġw|or es|t en|ce Ġb|e Ġb|et ay|s ĠT|h Ġwi|th Ġansw|er d|e i|l i|s i|t o|o Ġ|. Ġ|M Ġf|l
  ou|n ou|t Ġc|ould Ġm|o le|a on|e Ġp|r Ġdo|es om|e Ġsh|ould Ġha|ve Ġtw|o a|k c|k e|l g|est l|i o|od q|u s|es u|l
  u|se Ġ|P Ġ|v Ġth|an in|e Ġo|ld en|d Ġm|y Ġd|i on|g Ġn|e Ġp|o an|t G|ive b|out d|s d|er e|ll f|f g|e p|t u|g u|ch
  v|es Ġ|C Ġ|Give Ġa|s Ġa|bout Ġs|i Ġw|hat Ġw|ould es|s Ġf|r Ġi|de Ġc|h Ġc|le Ġc|an Ġm|e ri|se ĠW|h Ġn|o Ġh|ow
  ĠI|s Ġl|i ar|t ĠS|um Ġg|ood igh|t ma|rise Ġsent|ence ĠTh|e ĠSum|marise a|d e|o e|en e|ar g|er o|g o|ses u|e u|s
  u|t w|een y|th Ġ|D Ġ|j Ġ|qu Ġa|r Ġs|ome Ġw|r Ġf|ir at|e at|er at|ion Ġc|a Ġc|om Ġc|oun Ġm|an Ġm|uch Ġb|o Ġb|y
  ri|end ow|ers Ġp|l Ġp|eo st|s ĠS|ug Ġy|ear Ġof|f od|y ee|p
`
  .trim()
  .split(/\s+/)
  .map((merge) => merge.split("|"));

/** ChatML as the default base has it, without a system message of its own. */
export const TINY_CHAT_TEMPLATE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** Every token by its id: control tokens, bytes, merges; 512 in all. */
export const TINY_TOKENS: readonly string[] = [
  ...SPECIAL_TOKENS,
  ...CHARACTER_OF_BYTE,
  ...MERGES.map((pair) => pair.join("")),
];

export const TINY_END_OF_TURN = SPECIAL_TOKENS.indexOf("<|im_end|>");
export const TINY_PADDING = SPECIAL_TOKENS.indexOf("<|endoftext|>");
export const TINY_CONTROL_TOKENS = SPECIAL_TOKENS.length;

/** A byte-level BPE tokenizer like the default base's, small enough to be written by hand. */
export function tinyTokenizerFiles(): TokenizerFiles {
  const addedTokens = SPECIAL_TOKENS.map((content, id): JsonObject => {
    return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  });
  return {
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: addedTokens,
      normalizer: null,
      pre_tokenizer: byteLevel(true),
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
        ignore_merges: false,
        vocab: Object.fromEntries(TINY_TOKENS.map((token, id) => [token, id])),
        merges: MERGES,
      },
    },
    config: {
      clean_up_tokenization_spaces: false,
      eos_token: "<|im_end|>",
      model_max_length: 1024,
      pad_token: "<|endoftext|>",
      tokenizer_class: "PreTrainedTokenizerFast",
    },
  };
}
