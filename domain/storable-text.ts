import { z } from "zod";

/**
 * PostgreSQL keeps no NUL in a text, and UTF-8 has no bytes for half of a surrogate pair: neither can be kept, sent on
 * or written to a file as it is.
 */
const UNSTORABLE = /\0|\p{Surrogate}/u;
const EACH_UNSTORABLE = new RegExp(UNSTORABLE, "gu");

/** Says what in a text can't be kept, as the end of a sentence that begins with the text's name; null for most texts. */
export function textFault(text: string): string | null {
  const found = UNSTORABLE.exec(text)?.[0];
  if (found === undefined) return null;
  return found === "\0" ? "holds a NUL character" : "holds half of a surrogate pair: a character was cut in two";
}

/** Puts the replacement character (U+FFFD) where a text can't be kept as it is. */
export const storableText = (text: string): string => text.replace(EACH_UNSTORABLE, "\uFFFD");

/** Counts the characters that `storableText` replaces. */
export const countUnstorable = (text: string): number => text.match(EACH_UNSTORABLE)?.length ?? 0;

/** A text that can be kept as it is. */
export const textSchema = z.string().superRefine((text, context) => {
  const message = textFault(text);
  if (message) context.addIssue({ code: "custom", message });
});

/**
 * An input of any shape whose texts can all be kept as they are, the keys of its objects included. It goes before every
 * other schema of a procedure, so that no input can be forgotten.
 */
export const storableInput = z.unknown().superRefine((input, context) => {
  for (const { path, message } of unstorableTexts(input)) context.addIssue({ code: "custom", path, message });
});

/** The number of faulty texts that are told: who sent more knows enough by then. */
const TOLD = 20;

function unstorableTexts(input: unknown): { path: PropertyKey[]; message: string }[] {
  const found: { path: PropertyKey[]; message: string }[] = [];
  // An input may refer to itself, since the transport rebuilds references: each object is looked at once.
  const seen = new Set<unknown>();
  const waiting: { value: unknown; path: PropertyKey[] }[] = [{ value: input, path: [] }];
  for (let next = waiting.pop(); next && found.length < TOLD; next = waiting.pop()) {
    const { value, path } = next;
    if (typeof value === "string") {
      const message = textFault(value);
      if (message) found.push({ path, message });
    } else if (typeof value === "object" && value !== null && !seen.has(value)) {
      seen.add(value);
      for (const [key, part] of entriesOf(value)) {
        const message = textFault(key);
        if (message) found.push({ path, message: `the name of a field ${message}` });
        waiting.push({ value: part, path: [...path, key] });
      }
    }
  }
  return found;
}

const entriesOf = (value: object): [string, unknown][] =>
  value instanceof Map || value instanceof Set
    ? [...value.entries()].flatMap(([key, part], index): [string, unknown][] => [
        [`${index}.key`, key],
        [String(index), part],
      ])
    : Object.entries(value);
