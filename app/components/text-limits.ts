/** The most characters of a text that are read as Markdown; the parser takes longer than proportionally. */
const MOST_CHARACTERS = 50_000;
/** The most characters of one line; a browser lays out a longer one without an end. */
const MOST_LINE_CHARACTERS = 20_000;
/** The most marks of emphasis: each may look for its partner among all earlier ones. */
const MOST_EMPHASIS = 2_000;
/** The most other characters at which Markdown looks ahead: code, tags, entities, escapes. */
const MOST_MARKS = 3_000;
/** The most brackets; each closing one may look through all opening ones. */
const MOST_BRACKETS = 1_000;
/** The most cells of tables. */
const MOST_CELLS = 3_000;
/** The most characters in a row that begin a line: white space, quotes, list marks. Each level of nesting has two. */
const MOST_INDENTATION = 60;

/** The deepest nesting of elements that is drawn, and the most of them. */
export const MOST_DEPTH = 60;
export const MOST_ELEMENTS = 8_000;

/** The number of characters of a plain text that are shown at first, and with each *Show more*. */
export const SHOWN_CHARACTERS = 20_000;

/** The longest beginning of a line that can only be nesting: quotes, list marks, numbers and white space. */
const NESTING = /^[\t >*+\-\d.)]+/gm;

/**
 * Says why a text is not read as Markdown but shown as it is, as the end of "This text …"; null for the texts that
 * people and models usually write. It looks at each character a fixed number of times.
 */
export function plainReason(text: string): string | null {
  if (text.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS.toLocaleString("en")} characters`;
  if (longestLine(text) > MOST_LINE_CHARACTERS)
    return `has a line of more than ${MOST_LINE_CHARACTERS.toLocaleString("en")} characters`;
  const { emphasis, marks, brackets, cells } = countMarks(text);
  if (emphasis > MOST_EMPHASIS) return `holds more than ${MOST_EMPHASIS.toLocaleString("en")} marks of emphasis`;
  if (marks > MOST_MARKS) return `holds more than ${MOST_MARKS.toLocaleString("en")} marks of Markdown`;
  if (brackets > MOST_BRACKETS) return `holds more than ${MOST_BRACKETS.toLocaleString("en")} brackets`;
  if (cells > MOST_CELLS) return `holds a table of more than ${MOST_CELLS.toLocaleString("en")} cells`;
  for (const [beginning] of text.matchAll(NESTING))
    if (beginning.length > MOST_INDENTATION && /[>*+\-.)].*[>*+\-.)]/.test(beginning.replace(/-{3,}|\*{3,}/g, "")))
      return "nests lists or quotes too deeply";
  return null;
}

function longestLine(text: string): number {
  let longest = 0;
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    longest = Math.max(longest, to - from);
    from = to + 1;
  }
  return longest;
}

function countMarks(text: string) {
  let emphasis = 0;
  let marks = 0;
  let brackets = 0;
  let cells = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "*":
      case "~":
        emphasis++;
        break;
      case "_":
        // Inside of a word, as in snake_case, it emphasises nothing.
        if (!(isWordCharacter(text[at - 1]) && isWordCharacter(text[at + 1]))) emphasis++;
        break;
      case "`":
      case "<":
      case "&":
      case "\\":
        marks++;
        break;
      case "[":
      case "]":
        brackets++;
        break;
      case "|":
        cells++;
    }
  }
  return { emphasis, marks, brackets, cells };
}

const isWordCharacter = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character);
