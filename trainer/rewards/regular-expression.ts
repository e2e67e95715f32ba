import { DomainError } from "@/domain/errors";
import { withinTime } from "../patterns/time-limit";
import type { RewardFunction } from "./reward-function";

/** A search through one completion takes microseconds; an expression that takes this long would take for ever. */
const LONGEST_MILLISECONDS = 2_000;

/**
 * Gives 1 if the pattern is found in the completion, else 0.
 * @throws DomainError `pattern-endless` where the search finds no end, so that no expression holds a run up for ever
 */
export function regularExpression({ pattern, flags }: { pattern: string; flags: string }): RewardFunction {
  // These two flags make `test` remember its last position.
  const expression = new RegExp(pattern, flags.replace(/[gy]/g, ""));
  return ({ completion }) => {
    const late = () => {
      const message = `rewardFunctions: the pattern ${JSON.stringify(pattern)} found no end within ${LONGEST_MILLISECONDS / 1000} s in a completion of ${completion.length} characters; write it so that no two repetitions can match the same text, as in (a+)+`;
      return new DomainError("pattern-endless", message);
    };
    return withinTime(LONGEST_MILLISECONDS, () => expression.test(completion), late) ? 1 : 0;
  };
}
