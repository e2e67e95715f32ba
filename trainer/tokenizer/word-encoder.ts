import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { invalidFile } from "../file-formats/file-errors";
import type { JsonObject } from "../file-formats/json-file";
import { isJsonObject } from "../file-formats/json-file";
import { withinTime } from "../patterns/time-limit";
import { CHARACTER_OF_BYTE } from "./byte-level";
import { gpt2Words, type VisitWords } from "./gpt2-words";
import { createMergeBytes } from "./merge-bytes";
import { byteLevel } from "./pre-tokenizers";

/**
 * The number of texts between control tokens that are remembered; a prompt is rendered with each of its completions,
 * and without.
 */
const SECTIONS = 2_000;
const SECTION_LENGTH = 100_000;
/** The number of words that are remembered, and the most characters of such a word. */
const WORDS = 200_000;
const WORD_LENGTH = 64;

/**
 * Lets the library search by the expressions of a model's files, which may be anybody's.
 * @throws DomainError `model-file-invalid` where an expression finds no end
 */
export function searchByFiles<Result>(
  tokenizer: JsonObject,
  text: string,
  search: () => Result,
  longest = LONGEST_MILLISECONDS,
): Result {
  return withinTime(longest, search, () => {
    const patterns = patternsOf([tokenizer.normalizer, tokenizer.pre_tokenizer]).map((one) => JSON.stringify(one));
    const seconds = longest / 1000;
    return invalidFile(
      "the tokenizer",
      `searches a text of ${text.length} characters by the pattern ${patterns.join(" or ")} without an end (stopped after ${seconds} s)`,
    );
  });
}

function patternsOf(part: unknown): string[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === "Regex" && typeof value === "string" ? [value] : patternsOf(value),
  );
}

type Library = { files: { tokenizer: JsonObject; config: JsonObject }; addedTokens: { id: number; content: string }[] };

/** No tokenizer's pattern takes this long for the longest text that is taken in, so one that does would not end. */
const LONGEST_MILLISECONDS = 10_000;

/**
 * Encodes as the library does, word by word, and remembers: the text between two control tokens is encoded by itself,
 * and a word in it by itself as well, so each needs the merges of its bytes only once. A data set is read several times
 * as fast as through the library.
 *
 * @returns null for a tokenizer in which a word's ids depend on more than the word, or of a form that isn't known
 */
export function createWordEncoder({ files, addedTokens }: Library): ((text: string) => number[]) | null {
  const steps = splitsBeforeBytes(files.tokenizer);
  if (!steps || !isPlain(files)) return null;
  const idsOfAdded = new Map(addedTokens.map(({ id, content }) => [content, id]));
  const control = createFindControl([...idsOfAdded.keys()]);
  const { visitWords, encodeWord } = ownSteps(files, steps) ?? librarySteps(files, steps);
  const vocabulary = vocabularyOf(files.tokenizer);
  // A text that equals an added token has that token's id, even if merges produced it.
  const renumbered = new Map(addedTokens.map(({ id, content }) => [vocabulary.get(content), id]));
  const words = new Map<string, number[]>();
  const sections = new Map<string, number[]>();

  const encodeSection = (section: string): number[] => {
    const known = sections.get(section);
    if (known) return known;
    const ids: number[] = [];
    visitWords(section, (word) => {
      let own = words.get(word);
      if (own === undefined) {
        own = encodeWord(word).map((id) => renumbered.get(id) ?? id);
        if (word.length <= WORD_LENGTH) remember(words, word, own, WORDS);
      }
      for (const id of own) ids.push(id);
    });
    if (section.length <= SECTION_LENGTH) remember(sections, section, ids, SECTIONS);
    return ids;
  };

  return (text) => {
    const ids: number[] = [];
    const addSection = (from: number, to: number) => {
      if (from < to) for (const id of encodeSection(text.slice(from, to))) ids.push(id);
    };
    let from = 0;
    for (let found = control(text, 0); found; found = control(text, from)) {
      addSection(from, found.at);
      ids.push(idsOfAdded.get(found.content) as number);
      from = found.at + found.content.length;
    }
    addSection(from, text.length);
    return ids;
  };
}

/** The steps of encoding: how a section is cut, and what becomes of a word. */
type Steps = { visitWords: VisitWords; encodeWord: (word: string) => number[] };

/** Encodes with Tuneloop's own code, for the form that most models have; null for others. */
function ownSteps({ tokenizer }: Library["files"], steps: readonly JsonObject[]): Steps | null {
  const visitWords = gpt2Words(steps);
  const mergeBytes = createMergeBytes(tokenizer.model);
  const utf8 = new TextEncoder();
  return visitWords && mergeBytes && { visitWords, encodeWord: (word) => mergeBytes(utf8.encode(word)) };
}

/** Encodes with the library, whose model gives texts of tokens. */
function librarySteps({ tokenizer, config }: Library["files"], steps: readonly JsonObject[]): Steps {
  const splits = { type: "Sequence", pretokenizers: [...steps] };
  const { pre_tokenizer: split, model } = new LibraryTokenizer(
    { ...tokenizer, pre_tokenizer: splits },
    config as never,
  );
  const utf8 = new TextEncoder();
  return {
    visitWords: (text, visit) => {
      for (const word of split ? searchByFiles(tokenizer, text, () => split.pre_tokenize(text)) : [text]) visit(word);
    },
    encodeWord: (word) => {
      const bytes = Array.from(utf8.encode(word), (byte) => CHARACTER_OF_BYTE[byte] as string).join("");
      return (model?.encode([bytes]) ?? []).map((token) => model?.tokens_to_ids.get(token) as number);
    },
  };
}

function vocabularyOf({ model }: JsonObject): Map<string, number> {
  return new Map(Object.entries(isJsonObject(model) && isJsonObject(model.vocab) ? model.vocab : {})) as never;
}

/** Adds to a memory, which forgets everything when it is full; entries that are in use come back by themselves. */
function remember(memory: Map<string, number[]>, key: string, ids: number[], most: number): void {
  if (memory.size >= most) memory.clear();
  memory.set(key, ids);
}

type FindControl = (text: string, from: number) => { at: number; content: string } | null;

/**
 * Finds the next control token, and of two that begin at one place the longer one. Most models' control tokens begin
 * with one and the same character, which is looked for first: that is many times as fast as trying all of them
 * everywhere.
 */
function createFindControl(contents: string[]): FindControl {
  const longestFirst = contents.filter((content) => content !== "").sort((a, b) => b.length - a.length);
  const starts = [...new Set(longestFirst.map((content) => content[0] as string))];
  if (starts.length === 0) return () => null;
  const any = longestFirst.map((content) => content.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|");
  const here = new RegExp(any, "y");
  const ahead = new RegExp(any, "g");
  const [start] = starts;
  return (text, from) => {
    if (starts.length > 1 || start === undefined) {
      ahead.lastIndex = from;
      const match = ahead.exec(text);
      return match && { at: match.index, content: match[0] };
    }
    for (let at = text.indexOf(start, from); at >= 0; at = text.indexOf(start, at + 1)) {
      here.lastIndex = at;
      const match = here.exec(text);
      if (match) return { at, content: match[0] };
    }
    return null;
  };
}

/**
 * The splits of a pre-tokenizer (`portablePreTokenizer`'s) before its last step, bytes; null if bytes isn't its last
 * step.
 */
function splitsBeforeBytes({ pre_tokenizer }: JsonObject): JsonObject[] | null {
  const steps = stepsOf(pre_tokenizer);
  const last = steps.pop();
  const isBytes = JSON.stringify({ ...last, trim_offsets: true }) === JSON.stringify(byteLevel(false));
  const areSplits = steps.every((step) => isJsonObject(step) && step.type === "Split");
  return isBytes && areSplits ? steps : null;
}

function stepsOf(step: unknown): JsonObject[] {
  if (!isJsonObject(step)) return [];
  return step.type === "Sequence" && Array.isArray(step.pretokenizers) ? step.pretokenizers.flatMap(stepsOf) : [step];
}

/** Whether a tokenizer has no step that looks beyond a section or changes its text. */
function isPlain({ tokenizer, config }: Library["files"]): boolean {
  const { normalizer, post_processor: after, added_tokens: added } = tokenizer;
  const isStripping = (token: unknown) => isJsonObject(token) && Boolean(token.lstrip || token.rstrip);
  const addsNothing = !isJsonObject(after) || after.type === "ByteLevel" || after.type === "TemplateProcessing";
  const isUnchanged = !normalizer && !config.remove_space && !config.do_lowercase_and_remove_accent;
  return isUnchanged && addsNothing && Array.isArray(added) && !added.some(isStripping);
}
