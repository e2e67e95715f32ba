import type { Message } from "../messages";

/** Writes a prompt's line ends as LF and takes off outer white space (ASCII's, as PostgreSQL's `btrim` is told). */
const asWritten = (content: string): string =>
  content.replace(/\r\n?/g, "\n").replace(/^[ \t\n\v\f]+|[ \t\n\v\f]+$/g, "");

/**
 * Makes the text by which prompts are compared: two prompts are one exactly if their texts are the same, line ends and
 * outer white space aside. Case, superscripts and indentation make another prompt, since they may ask for another
 * answer.
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
