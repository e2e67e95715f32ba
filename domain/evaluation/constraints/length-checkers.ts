import { z } from "zod";
import { compareCount, count, defineChecker, phrase, relation } from "./checker";
import { fold, paragraphsOf, sentencesOf, wordsOf } from "./text-units";

const separator = z.enum(["blank line", "***"]);

/** Constraints on how long a response is and how it is parted. */
export const lengthCheckers = [
  defineChecker("words", { relation, count }, (response, { relation, count }) =>
    compareCount(wordsOf(response).length, relation, count, "words"),
  ),
  defineChecker("sentences", { relation, count }, (response, { relation, count }) =>
    compareCount(sentencesOf(response).length, relation, count, "sentences"),
  ),
  defineChecker("paragraphs", { count, separator }, (response, { count, separator }) =>
    compareCount(paragraphsOf(response, separator).length, "exactly", count, `paragraphs parted by ${separator}`),
  ),
  defineChecker(
    "paragraph-first-word",
    { paragraphs: count, paragraph: z.int().min(1), word: phrase },
    (response, { paragraphs, paragraph, word }) => {
      const found = paragraphsOf(response, "blank line");
      const parted = compareCount(found.length, "exactly", paragraphs, "paragraphs");
      if (!parted.holds) return parted;
      const first = wordsOf(found[paragraph - 1] ?? "")[0] ?? "";
      return {
        holds: fold(first) === fold(word),
        why: `Paragraph ${paragraph} begins with "${first}"; "${word}" was asked.`,
      };
    },
  ),
] as const;
