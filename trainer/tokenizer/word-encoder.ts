import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import type { JsonObject } from "../checkpoints/json-file";
import { isJsonObject } from "../checkpoints/json-file";
import { CHARACTER_OF_BYTE } from "./byte-level";
import { byteLevel } from "./pre-tokenizers";

/** Texts between control tokens that are remembered: a prompt is rendered with each of its completions, and without. */
const SECTIONS = 2_000;
const SECTION_LENGTH = 100_000;
/** Words that are remembered, of at most so many characters. */
const WORDS = 200_000;
const WORD_LENGTH = 64;

type Library = { files: { tokenizer: JsonObject; config: JsonObject }; addedTokens: { id: number; content: string }[] };

/**
 * Encodes as the library does, word by word, and remembers: what stands between two control tokens is encoded by itself,
 * and a word there by itself as well, so each needs the merges of its bytes only once. A data set is read several times
 * as fast as through the library.
 *
 * @returns null for a tokenizer in which a word's ids depend on more than the word, or of a form that isn't known
 */
export function createWordEncoder({ files, addedTokens }: Library): ((text: string) => number[]) | null {
  const splits = splitsBeforeBytes(files.tokenizer);
  if (!splits || !isPlain(files)) return null;
  const library = new LibraryTokenizer({ ...files.tokenizer, pre_tokenizer: splits }, files.config as never);
  const { pre_tokenizer: split, model } = library;
  if (!model) return null;
  const idsOfAdded = new Map(addedTokens.map(({ id, content }) => [content, id]));
  const control = patternOf([...idsOfAdded.keys()]);
  const utf8 = new TextEncoder();
  const words = new Map<string, number[]>();
  const sections = new Map<string, number[]>();

  const encodeWord = (word: string): number[] => {
    const bytes = Array.from(utf8.encode(word), (byte) => CHARACTER_OF_BYTE[byte] as string).join("");
    return model.encode([bytes]).map((token) => (idsOfAdded.get(token) ?? model.tokens_to_ids.get(token)) as number);
  };
  const encodeSection = (section: string): number[] => {
    const known = sections.get(section);
    if (known) return known;
    const ids: number[] = [];
    for (const word of split ? split.pre_tokenize(section) : [section]) {
      const before = words.get(word);
      const own = before ?? encodeWord(word);
      if (!before && word.length <= WORD_LENGTH) remember(words, word, own, WORDS);
      for (const id of own) ids.push(id);
    }
    if (section.length <= SECTION_LENGTH) remember(sections, section, ids, SECTIONS);
    return ids;
  };

  return (text) =>
    (control ? text.split(control) : [text]).flatMap((section) => {
      const id = idsOfAdded.get(section);
      if (id !== undefined) return [id];
      return section === "" ? [] : encodeSection(section);
    });
}

/** Forgets everything when it is full: what is used comes back by itself. */
function remember(memory: Map<string, number[]>, key: string, ids: number[], most: number): void {
  if (memory.size >= most) memory.clear();
  memory.set(key, ids);
}

/** Finds control tokens, and of two that begin at one place the longer one. */
function patternOf(contents: string[]): RegExp | null {
  const longestFirst = contents.filter((content) => content !== "").sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return null;
  return new RegExp(`(${longestFirst.map((content) => content.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|")})`);
}

/** The pre-tokenizer (`portablePreTokenizer`'s) without its last step, bytes; null where that isn't its last step. */
function splitsBeforeBytes({ pre_tokenizer }: JsonObject): JsonObject | null {
  const steps = stepsOf(pre_tokenizer);
  const last = steps.pop();
  const isBytes = JSON.stringify({ ...last, trim_offsets: true }) === JSON.stringify(byteLevel(false));
  const areSplits = steps.every((step) => isJsonObject(step) && step.type === "Split");
  return isBytes && areSplits ? { type: "Sequence", pretokenizers: steps } : null;
}

function stepsOf(step: unknown): JsonObject[] {
  if (!isJsonObject(step)) return [];
  return step.type === "Sequence" && Array.isArray(step.pretokenizers) ? step.pretokenizers.flatMap(stepsOf) : [step];
}

/** Nothing that looks beyond a section, and nothing that changes its text. */
function isPlain({ tokenizer, config }: Library["files"]): boolean {
  const { normalizer, post_processor: after, added_tokens: added } = tokenizer;
  const isStripping = (token: unknown) => isJsonObject(token) && Boolean(token.lstrip || token.rstrip);
  const addsNothing = !isJsonObject(after) || after.type === "ByteLevel" || after.type === "TemplateProcessing";
  const isUnchanged = !normalizer && !config.remove_space && !config.do_lowercase_and_remove_accent;
  return isUnchanged && addsNothing && Array.isArray(added) && !added.some(isStripping);
}
