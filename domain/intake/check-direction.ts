import { Fault } from "./fault";
import type { Said } from "./items";
import type { RowFields } from "./row-fields";

/** How tools name the scores that a judge gave to the two sides of a pair. */
const SCORES: readonly (readonly [chosen: string, rejected: string])[] = [
  ["score_chosen", "score_rejected"],
  ["chosen_score", "rejected_score"],
  ["chosen-rating", "rejected-rating"],
  ["chosen_rating", "rejected_rating"],
  ["rating_chosen", "rating_rejected"],
  ["chosen_reward", "rejected_reward"],
  ["reward_chosen", "reward_rejected"],
];
/** Keys under which tools say how a comparison went. */
const OUTCOMES = ["status", "winner", "outcome", "preference", "verdict"];
const TIES = new Set(["tie", "tied", "draw", "both", "both_bad", "both bad", "neither"]);

/**
 * Checks that nothing beside a pair says that it is the other way round, or no pair at all.
 *
 * @throws Fault where the scores of the two sides, or the outcome, contradict the pair
 */
export function checkDirection(row: RowFields, said: Said): void {
  if (said.kind !== "comparison") return;
  for (const [chosenKey, rejectedKey] of SCORES) {
    const [chosen, rejected] = [numberAt(row, chosenKey), numberAt(row, rejectedKey)];
    if (chosen !== null && rejected !== null && chosen < rejected)
      throw new Fault(chosenKey, `is ${chosen} and ${rejectedKey} is ${rejected}: chosen and rejected may be swapped`);
  }
  for (const key of OUTCOMES) {
    const value = row.peek(key);
    const word = typeof value === "string" ? value.trim().toLowerCase() : "";
    if (TIES.has(word)) throw new Fault(key, `is ${JSON.stringify(value)}: such a row prefers neither completion`);
    if (word === "rejected") throw new Fault(key, 'is "rejected": chosen and rejected may be swapped');
  }
}

/** A number, also as a table's cell holds one; null for anything else. */
function numberAt(row: RowFields, key: string): number | null {
  const value = row.peek(key);
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}
