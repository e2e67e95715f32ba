import { z } from "zod";
import { compareCount, count, defineChecker, phrase, phrases, relation } from "./checker";
import { detectLanguage, LANGUAGES } from "./detect-language";
import { fold, occurrencesOf } from "./text-units";

/** Constraints on what stands in a response: words, letters, languages. */
export const contentCheckers = [
  defineChecker("keywords", { words: phrases }, (response, { words }) => {
    const missing = words.filter((word) => occurrencesOf(response, word) === 0);
    return missing.length === 0
      ? { holds: true, why: "All words that were asked are there." }
      : { holds: false, why: `The response lacks ${quoted(missing)}.` };
  }),
  defineChecker("keyword-count", { word: phrase, relation, count }, (response, { word, relation, count }) =>
    compareCount(occurrencesOf(response, word), relation, count, `"${word}"`),
  ),
  defineChecker("forbidden-words", { words: phrases }, (response, { words }) => {
    const there = words.filter((word) => occurrencesOf(response, word) > 0);
    return there.length === 0
      ? { holds: true, why: "None of the forbidden words is there." }
      : { holds: false, why: `The response has ${quoted(there)}, which was forbidden.` };
  }),
  defineChecker(
    "letter-count",
    { letter: z.string().refine((text) => [...text].length === 1, "must be one character"), relation, count },
    (response, { letter, relation, count }) =>
      compareCount([...fold(response)].filter((one) => one === fold(letter)).length, relation, count, `"${letter}"`),
  ),
  defineChecker("language", { language: z.enum(LANGUAGES) }, (response, { language }) => {
    const found = detectLanguage(response);
    return {
      holds: found === language,
      why:
        found === null
          ? "The response's language can't be told."
          : `The response is in "${found}"; "${language}" was asked.`,
    };
  }),
  defineChecker("placeholders", { count }, (response, { count }) =>
    compareCount(response.match(/\[[^[\]\n]+\]/g)?.length ?? 0, "at least", count, "placeholders in square brackets"),
  ),
  defineChecker("postscript", { marker: phrase }, (response, { marker }) => {
    const at = response.split("\n").findIndex((line) => fold(line.trim()).startsWith(fold(marker)));
    return at > 0
      ? { holds: true, why: `A line after the beginning starts with "${marker}".` }
      : { holds: false, why: `No line after the beginning starts with "${marker}".` };
  }),
  defineChecker("options", { options: phrases }, (response, { options }) => {
    const given = options.filter((option) => occurrencesOf(response, option) > 0);
    // "Yes" also stands within "Yes, but": the longest option that contains the others is the one given.
    const longest = given.filter((one) => !given.some((other) => other !== one && occurrencesOf(other, one) > 0));
    return {
      holds: longest.length === 1,
      why: longest.length === 0 ? "The response gives none of the options." : `The response gives ${quoted(longest)}.`,
    };
  }),
] as const;

const quoted = (words: readonly string[]) => words.map((word) => `"${word}"`).join(", ");
