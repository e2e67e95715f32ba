/** The texts that PostgreSQL quotes of its own; any other text between quotation marks came with the query. */
const NAMED = "constraint|relation|column|table|index|type|function|schema|database|role";
const QUOTED_VALUE = new RegExp(`(?<!\\b(?:${NAMED}) )"(?:[^"\\\\\\n]|\\\\.)*"`, "g");

/** The pattern finds Prisma's operation, and in what Prisma writes before the reason, the arguments of the call. */
const INVOCATION = /\n?(Invalid `prisma\.[^`\n]*` invocation)[^\n]*\n+(?:\{\n[\s\S]*?\n\}\n+)?/g;

/**
 * Takes out of a text that may hold an error of Prisma the values that the query was called with: what people wrote,
 * addresses, hashes of their links. Operation, argument and reason stay, for the log or a run's row.
 */
export function withoutQueryValues(text: string): string {
  if (!text.includes("Invalid `prisma.")) return text;
  return text.replace(INVOCATION, "$1: ").replace(QUOTED_VALUE, '"…"');
}
