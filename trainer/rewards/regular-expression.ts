import type { RewardFunction } from "./reward-function";

/** Gives 1 if the pattern is found in the completion, else 0. */
export function regularExpression({ pattern, flags }: { pattern: string; flags: string }): RewardFunction {
  // These two flags make `test` remember its last position.
  const expression = new RegExp(pattern, flags.replace(/[gy]/g, ""));
  return ({ completion }) => (expression.test(completion) ? 1 : 0);
}
