import type { RewardFunction } from "./reward-function";

/**
 * Gives 1 for a completion that is JSON (an object with the required keys, if there are any), and half for JSON without
 * them.
 */
export function jsonValidity({ requiredKeys }: { requiredKeys: readonly string[] }): RewardFunction {
  return ({ completion }) => {
    const value = parse(completion);
    if (value === undefined) return 0;
    if (requiredKeys.length === 0) return 1;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject && requiredKeys.every((key) => key in value) ? 1 : 0.5;
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
