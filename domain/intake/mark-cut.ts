import { Fault } from "./fault";
import type { Said } from "./items";
import type { RowFields } from "./row-fields";
import type { Turn } from "./turns";

/**
 * Marks the completions that the token limit cut. A row says so with `finished: false` for a single completion (or with
 * a log's `finish_reason`), and with `chosenFinished` and `rejectedFinished` for the sides of a pair.
 *
 * @throws Fault where a mark is no true or false, or stands where it could mean either of two completions
 */
export function markCut(row: RowFields, said: Said): Said {
  if (said.kind === "comparison") {
    if (row.has("finished"))
      throw new Fault("finished", "does not say which completion; a pair has chosenFinished and rejectedFinished");
    return {
      ...said,
      chosen: markLast(said.chosen, isWhole(row, "chosenFinished")),
      rejected: markLast(said.rejected, isWhole(row, "rejectedFinished")),
    };
  }
  if (said.kind === "demonstration" || said.kind === "unpaired")
    return { ...said, completion: markLast(said.completion, isWholeText(row)) };
  const [only, second] = said.kind === "rating" ? said.completions : [];
  if (said.kind !== "rating" || !only || second) return said;
  return { ...said, completions: [{ ...only, turns: markLast(only.turns, isWholeText(row)) }] };
}

const TRUE_WORDS: readonly unknown[] = [true, 1, "true", "True", "TRUE", "1"];
/** A table's cell holds words in the place of true and false. */
const FALSE_WORDS: readonly unknown[] = [false, 0, "false", "False", "FALSE", "0"];

/** How interfaces say why a text ended: at its own end, or at the token limit. */
const END_REASONS = ["finish_reason", "stop_reason", "finishReason", "stopReason"];
const WHOLE_WORDS = new Set(["stop", "end_turn", "stop_sequence", "eos", "eos_token", "eos_token_id"]);
const CUT_WORDS = new Set([
  "length",
  "max_tokens",
  "max_length",
  "max_output_tokens",
  "model_context_window_exceeded",
  "model_length",
]);

/**
 * Reads why a text ended, in the words of OpenAI, Anthropic, Google and vLLM.
 *
 * @returns null for a word that says neither, such as "content_filter"
 */
export function endedByItself(reason: unknown): boolean | null {
  const word = typeof reason === "string" ? reason.trim().toLowerCase() : "";
  return WHOLE_WORDS.has(word) ? true : CUT_WORDS.has(word) ? false : null;
}

/** Reads why a single completion ended. A reason that says neither stays among the keys that are not read. */
function isWholeByReason(row: RowFields): boolean {
  const key = END_REASONS.find((one) => endedByItself(row.peek(one)) !== null);
  return key === undefined || endedByItself(row.take(key)?.value) !== false;
}

/** Tells whether a single completion ends where its author meant it to. */
const isWholeText = (row: RowFields): boolean => isWhole(row, "finished") && isWholeByReason(row);

function isWhole(row: RowFields, key: string): boolean {
  const value = row.take(key)?.value ?? "";
  if (value === "" || TRUE_WORDS.includes(value)) return true;
  if (FALSE_WORDS.includes(value)) return false;
  throw new Fault(key, `is ${JSON.stringify(value)}; it must be true, or false for a completion that was cut`);
}

const markLast = (turns: Turn[], finished: boolean): Turn[] =>
  finished ? turns : turns.map((turn, index) => (index === turns.length - 1 ? { ...turn, finished: false } : turn));
