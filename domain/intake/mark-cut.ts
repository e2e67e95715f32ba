import { Fault } from "./fault";
import type { Said } from "./items";
import type { RowFields } from "./row-fields";
import type { Turn } from "./turns";

/**
 * Marks the completions that the token limit cut. A row says so with `finished: false` for a single completion, and
 * with `chosenFinished` and `rejectedFinished` for the sides of a pair.
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
    return { ...said, completion: markLast(said.completion, isWhole(row, "finished")) };
  const [only, second] = said.kind === "rating" ? said.completions : [];
  if (said.kind !== "rating" || !only || second) return said;
  return { ...said, completions: [{ ...only, turns: markLast(only.turns, isWhole(row, "finished")) }] };
}

const TRUE_WORDS: readonly unknown[] = [true, "true", "True", "TRUE"];
/** A table's cell holds words in the place of true and false. */
const FALSE_WORDS: readonly unknown[] = [false, "false", "False", "FALSE"];

function isWhole(row: RowFields, key: string): boolean {
  const value = row.take(key)?.value ?? "";
  if (value === "" || TRUE_WORDS.includes(value)) return true;
  if (FALSE_WORDS.includes(value)) return false;
  throw new Fault(key, `is ${JSON.stringify(value)}; it must be true, or false for a completion that was cut`);
}

const markLast = (turns: Turn[], finished: boolean): Turn[] =>
  finished ? turns : turns.map((turn, index) => (index === turns.length - 1 ? { ...turn, finished: false } : turn));
