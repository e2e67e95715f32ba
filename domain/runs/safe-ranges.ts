import { fieldMeanings, type SafeRange } from "./field-meaning";
import { methodNamed, methodOf } from "./methods";
import { type LearningRate, usualRates } from "./methods/method-description";
import type { Method } from "./run-config";

type Values = Readonly<Record<string, unknown>>;

/** Finds the safe range of one of a method's own fields with these values; undefined where every value is as good. */
export function safeRangeOf(method: string, key: string, values: Values): SafeRange | undefined {
  const known = methodNamed(method);
  const own = known?.safeRanges?.(values)[key];
  if (own) return own;
  const schema = known?.schema.shape[key];
  return schema && fieldMeanings.get(schema)?.safe;
}

/** Lists the usual learning rates of a method by key, for all weights or for an adapter. */
export function usualLearningRates(
  method: Method,
  adapter: boolean,
): { key: string; rate: LearningRate; low: number; high: number }[] {
  return Object.entries(methodOf(method).learningRates).map(([key, rate]) => {
    const [low, high] = usualRates(rate, adapter);
    return { key, rate, low, high };
  });
}
