import type { JudgedCompletion, RewardFunction } from "./reward-function";

type Unit = "tokens" | "words" | "characters";

/**
 * Gives 1 inside the window; outside, the reward falls to 0 as a line, over a distance as long as the window's upper
 * end.
 */
export function lengthWindow({ unit, min, max }: { unit: Unit; min: number; max: number }): RewardFunction {
  return (judged) => {
    const length = measure(judged, unit);
    const outside = Math.max(0, min - length, length - max);
    return Math.max(0, 1 - outside / max);
  };
}

function measure({ completion, tokens }: JudgedCompletion, unit: Unit): number {
  if (unit === "tokens") return tokens;
  if (unit === "characters") return [...completion].length;
  return completion.split(/\s+/).filter((word) => word !== "").length;
}
