/** What PostgreSQL quotes of its own; all else between quotation marks came with the query. */
const NAMED = "constraint|relation|column|table|index|type|function|schema|database|role";
const QUOTED_VALUE = new RegExp(`(?<!\\b(?:${NAMED}) )"(?:[^"\\\\\\n]|\\\\.)*"`, "g");

/** The operation, and in whatever Prisma writes before it says what is wrong, the arguments of the call. */
const INVOCATION = /\n?(Invalid `prisma\.[^`\n]*` invocation)[^\n]*\n+(?:\{\n[\s\S]*?\n\}\n+)?/g;

/**
 * A text that may hold an error of Prisma, for the log or a run's row, without the values that the query was called with:
 * what people wrote, addresses, hashes of their links. Operation, argument and reason stay.
 */
export function withoutQueryValues(text: string): string {
  if (!text.includes("Invalid `prisma.")) return text;
  return text.replace(INVOCATION, "$1: ").replace(QUOTED_VALUE, '"…"');
}
