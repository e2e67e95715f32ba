import { usualLearningRates } from "../../runs/safe-ranges";
import { signsOfHarm } from "../harm";
import { words } from "../series";
import { numberOf, type RunTrace } from "../trace";
import { type Check, clear, found, stated, undecided } from "../verdict";

/** A learning rate above the range by this factor is the likely cause of whatever else is wrong. */
const FAR_ABOVE = 5;

/**
 * Asks whether the learning rate suits the method and the adapter. A rate far above the range is critical where the run
 * shows harm.
 */
export const learningRate: Check = {
  name: "learning-rate-out-of-range",
  title: "Learning rate out of range",
  speaksOf: "every run",
  examine(trace) {
    const rates = ratesOf(trace);
    if (rates.length === 0) return undecided("The run's learning rate is not known yet.");
    const outside = rates.filter(({ rate, range: [low, high] }) => rate < low || rate > high);
    const inRange = rates.map(({ key, rate }) => `${key} ${words(rate)}`).join(", ");
    if (outside.length === 0) return clear(`Within the range that is usual for this method: ${inRange}.`);
    const evidence = outside.map(({ key, rate, range }) =>
      stated(`${key} is ${words(rate)}; the usual range is ${words(range[0])}–${words(range[1])}.`, rate),
    );
    const above = outside.filter(({ rate, range }) => rate > range[1]);
    const [worst] = above.sort((a, b) => b.rate / b.range[1] - a.rate / a.range[1]);
    if (!worst)
      return found("info", evidence, "The model may hardly move. Raise the learning rate if the curves are flat.");
    const harm = signsOfHarm(trace);
    const critical = harm.length > 0 && worst.rate > FAR_ABOVE * worst.range[1];
    const fix = `Start a new run with ${worst.key} at ${words(worst.range[1])} or less, and warm up over 3–10 % of the steps.`;
    return found(critical ? "critical" : "warning", [...evidence, ...harm], fix);
  },
};

function ratesOf(trace: RunTrace): { key: string; rate: number; range: [number, number] }[] {
  const adapter = trace.configuration.lora != null || trace.configuration.adapter != null;
  return usualLearningRates(trace.method, adapter).flatMap(({ key, low, high }) => {
    const rate = numberOf(trace, key);
    return rate === undefined ? [] : [{ key, rate, range: [low, high] }];
  });
}
