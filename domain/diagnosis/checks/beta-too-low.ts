import { METRICS } from "../../runs/metric-names";
import { safeRangeOf } from "../../runs/safe-ranges";
import { FAR_FROM_REFERENCE } from "../harm";
import { logRatios } from "../log-ratios";
import { mean, startAndNow, words } from "../series";
import { numberOf } from "../trace";
import { type Check, clear, found, seen, stated, undecided } from "../verdict";

/** Asks whether β is so low that nothing holds the policy near the model it started from. */
export const betaTooLow: Check = {
  name: "beta-too-low",
  title: "β too low",
  speaksOf: "reference",
  examine(trace) {
    const beta = numberOf(trace, "beta");
    if (beta === undefined) return undecided("The run's β is not known.");
    const parts = startAndNow(logRatios(trace, "chosen"));
    const rejected = startAndNow(logRatios(trace, "rejected"));
    const far = parts && rejected ? Math.max(Math.abs(mean(parts.now)), Math.abs(mean(rejected.now))) : undefined;
    const { min: lowest = 0, start } = safeRangeOf(trace.method, "beta", trace.configuration) ?? {};
    const away = far !== undefined && far > FAR_FROM_REFERENCE;
    const setting = stated(`β is ${words(beta)}; values of ${words(lowest)} and above are usual.`, beta);
    if (beta >= lowest && !away)
      return clear(
        `β is ${words(beta)}${far === undefined ? "" : `, and the policy has moved by at most ${words(far)} nats`}.`,
      );
    const fix = `Start a new run with β ${words(Math.max(start?.[0] ?? lowest, 2 * beta))}. A higher β makes the policy pay more for each nat that it moves away from the reference.`;
    if (!away || !parts) return found(beta < lowest ? "info" : "warning", [setting], fix);
    const moved = seen(
      METRICS.rewardsChosen,
      parts.now,
      far,
      `Completions have moved by up to ${words(far)} nats from the model that the run started from (reward ÷ β).`,
    );
    return beta < lowest
      ? found("critical", [setting, moved], fix)
      : found("warning", [moved, stated(`β is ${words(beta)}.`, beta)], fix);
  },
};
