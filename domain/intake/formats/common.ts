import type { RowFields } from "../row-fields";
import type { Format } from "./format";
import { takeParts } from "./take-parts";

const hasAnswer = (row: RowFields) => ["completion", "output", "response", "generation"].some((name) => row.has(name));
const hasPrompt = (row: RowFields) =>
  ["prompt", "instruction", "messages", "question", "query", "input"].some((name) => row.has(name));
const isPair = (row: RowFields) => row.has("chosen") || row.has("rejected") || row.has("rejected_response");
const hasLabel = (row: RowFields) => row.has("label") || row.has("kto_tag");
const isOwn = (row: RowFields) => row.has("promptId") && row.has("labelIds");
const reading = (row: RowFields) => ({ parts: takeParts(row) });

const format = (name: string, matches: Format["matches"]): Format => ({ name, matches, read: reading });

/** The formats that name their parts as most tools do, the narrower before the wider. */
export const COMMON_FORMATS: readonly Format[] = [
  format("Tuneloop's preferences", (row) => isOwn(row) && row.has("chosen")),
  format("Tuneloop's rated completions", (row) => isOwn(row) && hasLabel(row)),
  format("Tuneloop's demonstrations", (row) => isOwn(row) && hasAnswer(row)),
  format("preference pairs", (row) => isPair(row) && hasPrompt(row)),
  format("preference pairs of whole conversations", isPair),
  format("Alpaca with thumbs", (row) => row.has("instruction") && hasAnswer(row) && hasLabel(row)),
  format("Alpaca", (row) => row.has("instruction") && hasAnswer(row)),
  format("completions with thumbs", (row) => hasAnswer(row) && hasLabel(row)),
  format("prompts and completions", hasAnswer),
  format("conversations with thumbs", (row) => row.has("messages") && hasLabel(row)),
  format("conversations", (row) => row.given("messages")),
  format("prompts", (row) => row.given("prompt") || row.given("instruction")),
];
