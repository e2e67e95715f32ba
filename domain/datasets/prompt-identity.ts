import type { Message } from "../messages";

/** Writes a prompt's line ends as LF and takes off outer white space (ASCII's, as PostgreSQL's `btrim` is told). */
function asWritten(content: string): string {
  const text = content.includes("\r") ? content.replace(/\r\n?/g, "\n") : content;
  // An expression that ends with `+$` would look at every run of white space in the text.
  let [start, end] = [0, text.length];
  while (start < end && isOuter(text.charCodeAt(start))) start += 1;
  while (end > start && isOuter(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isOuter = (code: number): boolean => code === 32 || (code >= 9 && code <= 12);

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
