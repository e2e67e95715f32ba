import { compareCount, count, defineChecker, phrase, relation } from "./checker";
import { bulletsOf, fold, occurrencesOf, wordsOf } from "./text-units";

const LETTER = /\p{L}/u;

/** Constraints on how a response is written: marks, lists, capitals, beginning and end. */
export const formCheckers = [
  defineChecker("bullets", { count }, (response, { count }) =>
    compareCount(bulletsOf(response).length, "exactly", count, "bullets"),
  ),
  defineChecker("sections", { name: phrase, count }, (response, { name, count }) => {
    const heads = response.split("\n").filter((line) => {
      const rest = fold(line.replace(/^[\s#*_]+/u, ""));
      return rest.startsWith(fold(name)) && /^\s*[\divxlc]+\b/.test(rest.slice(fold(name).length));
    });
    return compareCount(heads.length, "at least", count, `sections headed "${name}" and a number`);
  }),
  defineChecker("highlights", { count }, (response, { count }) => {
    const marked = response.match(/\*\*[^*\n]+\*\*|\*[^*\s][^*\n]*\*/g) ?? [];
    return compareCount(marked.length, "at least", count, "sections highlighted with asterisks");
  }),
  defineChecker("title", {}, (response) => {
    const holds = /<<[^<>\n]*[^<>\s][^<>\n]*>>/.test(response);
    return { holds, why: holds ? "A title stands in << >>." : "No title stands in << >>." };
  }),
  defineChecker("json", {}, (response) => {
    const text = response.trim();
    const fenced = text.startsWith("```") && text.endsWith("```") ? text.slice(text.indexOf("\n") + 1, -3) : text;
    try {
      const value: unknown = JSON.parse(fenced);
      const holds = typeof value === "object" && value !== null;
      return {
        holds,
        why: holds ? "The response is JSON." : "The response is a single JSON value, no object or list.",
      };
    } catch (error) {
      return {
        holds: false,
        why: `The response is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }),
  defineChecker("upper-case", {}, (response) => inOneCase(response, response.toUpperCase(), "small letters")),
  defineChecker("lower-case", {}, (response) => inOneCase(response, response.toLowerCase(), "capitals")),
  defineChecker("capital-words", { relation, count }, (response, { relation, count }) =>
    compareCount(
      wordsOf(response).filter((word) => word === word.toUpperCase() && word !== word.toLowerCase()).length,
      relation,
      count,
      "words in capitals",
    ),
  ),
  defineChecker("no-commas", {}, (response) => {
    // Commas of Latin, Arabic, Chinese and Japanese, in full and half width.
    const found = response.match(/[,،，、､]/gu)?.length ?? 0;
    return {
      holds: found === 0,
      why: found === 0 ? "The response has no comma." : `The response has ${found} commas.`,
    };
  }),
  defineChecker("starts-with", { phrase }, (response, { phrase }) => {
    const holds = fold(response.trim()).startsWith(fold(phrase));
    return { holds, why: `The response ${holds ? "begins" : "does not begin"} with "${phrase}".` };
  }),
  defineChecker("ends-with", { phrase }, (response, { phrase }) => {
    const holds = fold(response.trim().replace(/["”]$/u, "")).endsWith(fold(phrase));
    return { holds, why: `The response ${holds ? "ends" : "does not end"} with "${phrase}".` };
  }),
  defineChecker("quotation", {}, (response) => {
    const text = response.trim();
    const holds = text.length > 2 && /^["“„«「]/u.test(text) && /["”“»」]$/u.test(text);
    return { holds, why: `The whole response ${holds ? "stands" : "does not stand"} in quotation marks.` };
  }),
  defineChecker("repeats-prompt", { text: phrase.max(5000) }, (response, { text }) => {
    const holds = fold(response.trim()).startsWith(fold(text.trim()));
    return { holds, why: `The response ${holds ? "first repeats" : "does not first repeat"} the request.` };
  }),
  defineChecker("two-responses", {}, (response) => {
    const parts = response.split("******").map((part) => part.trim());
    const given = parts.filter((part) => part !== "");
    const holds = parts.length === 2 && given.length === 2 && given[0] !== given[1];
    return {
      holds,
      why: holds ? "Two different responses are parted by ******." : "No two different responses are parted by ******.",
    };
  }),
  defineChecker("repeats-phrase", { phrase, count }, (response, { phrase, count }) =>
    compareCount(occurrencesOf(response, phrase), "exactly", count, `"${phrase}"`),
  ),
] as const;

function inOneCase(response: string, cased: string, other: string) {
  if (!LETTER.test(response)) return { holds: false, why: "The response has no letters." };
  const holds = response === cased;
  return { holds, why: `The response has ${holds ? "no" : "some"} ${other}.` };
}
