const linesOf = (text: string) => text.split(/\r\n|\r|\n/);

const segmenters = {
  word: new Intl.Segmenter("en", { granularity: "word" }),
  sentence: new Intl.Segmenter("en", { granularity: "sentence" }),
};

/**
 * Splits a text into words by the rules of Unicode (UAX 29), which also find words in scripts that write no spaces.
 * "don't" is one word, "well-known" two.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  // The segmenter's time grows with the square of a text's length, so that it is given short pieces. No word holds a space;
  // one that is cut at 500 characters counts twice.
  for (const run of text.split(/\s+/u)) {
    for (let at = 0; at < run.length; at += 500) {
      const piece = run.slice(at, at + 500);
      for (const { segment, isWordLike } of segmenters.word.segment(piece)) if (isWordLike) words.push(segment);
    }
  }
  return words;
}

/** Abbreviations after which a sentence goes on although a capital may follow. */
const ABBREVIATIONS = new Set(["mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "e.g.", "i.e.", "vs.", "no.", "z.b."]);

/** Splits a text into sentences; a line of its own counts as one, and what holds no letter or digit counts as none. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const line of linesOf(text)) {
    let begun = "";
    for (const { segment } of segmenters.sentence.segment(line)) {
      begun += segment;
      const last = segment.trimEnd().split(/\s/).at(-1)?.toLowerCase() ?? "";
      if (ABBREVIATIONS.has(last)) continue;
      if (/[\p{L}\p{N}]/u.test(begun)) sentences.push(begun.trim());
      begun = "";
    }
    if (/[\p{L}\p{N}]/u.test(begun)) sentences.push(begun.trim());
  }
  return sentences;
}

/** Splits a text into paragraphs, which empty lines or lines of `***` alone part. */
export function paragraphsOf(text: string, separator: "blank line" | "***"): string[] {
  const paragraphs: string[][] = [[]];
  for (const line of linesOf(text)) {
    const parts = separator === "***" ? line.trim() === "***" : line.trim() === "";
    if (parts) paragraphs.push([]);
    else paragraphs.at(-1)?.push(line);
  }
  return paragraphs.map((lines) => lines.join("\n").trim()).filter((paragraph) => paragraph !== "");
}

/** Finds the bullets of a list: lines that begin with `*`, `-`, `+` or `•` and a space. `**bold**` is none. */
export const bulletsOf = (text: string): string[] =>
  linesOf(text).filter((line) => /^[ \t]*[*+•-][ \t]+\S/u.test(line));

/** Scripts that write no spaces between words, so that a word may stand between letters. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const PART_OF_WORD = /[\p{L}\p{M}\p{N}_]/u;

/** Makes texts comparable: compatibility forms, capitals and typographic apostrophes are made equal. */
export const fold = (text: string): string => text.normalize("NFKC").toLowerCase().replaceAll("’", "'");

/** Counts how often a word or phrase stands in a text as a whole, whatever its capitals: "art" is not in "start". */
export function occurrencesOf(text: string, wanted: string): number {
  const [within, word] = [fold(text), fold(wanted)];
  if (word === "") return 0;
  const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
  const last = [...word.slice(-2)].at(-1) ?? "";
  const bounded = (edge: string, beside: string) =>
    !PART_OF_WORD.test(edge) || WITHOUT_SPACES.test(edge) || !PART_OF_WORD.test(beside);
  let found = 0;
  for (let at = within.indexOf(word); at >= 0; ) {
    const before = [...within.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
    const next = within.codePointAt(at + word.length);
    const whole = bounded(first, before) && bounded(last, next === undefined ? "" : String.fromCodePoint(next));
    if (whole) found++;
    at = within.indexOf(word, at + (whole ? word.length : 1));
  }
  return found;
}
