import type { RewardFunction } from "./reward-function";

/** 1 where the pattern is found in the completion, else 0. */
export function regularExpression({ pattern, flags }: { pattern: string; flags: string }): RewardFunction {
  const expression = new RegExp(pattern, flags.replace(/[gy]/g, "")); // those two make `test` remember where it was
  return ({ completion }) => (expression.test(completion) ? 1 : 0);
}
