import type { Message } from "../messages";

/** A prompt's text with line ends as LF and without outer white space (that of ASCII, as PostgreSQL's `btrim` is told). */
const asWritten = (content: string): string =>
  content.replace(/\r\n?/g, "\n").replace(/^[ \t\n\v\f]+|[ \t\n\v\f]+$/g, "");

/**
 * By which two prompts are one: their texts as written, line ends and outer white space aside. Case, superscripts and
 * indentation make another prompt, since they may make another answer. Two prompts have one identity only if they are one.
 */
export function promptIdentity(messages: readonly Message[]): string {
  const encoder = new TextEncoder();
  return messages
    .map(({ role, content }) => {
      const text = asWritten(content);
      return `${role} ${encoder.encode(text).length}\n${text}\n`;
    })
    .join("");
}
