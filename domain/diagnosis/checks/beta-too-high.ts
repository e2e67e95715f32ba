import { METRICS } from "../../runs/metric-names";
import { safeRangeOf } from "../../runs/safe-ranges";
import { mean, startAndNow, words } from "../series";
import { numberOf, pointsOf } from "../trace";
import { type Check, clear, found, seen, stated, undecided } from "../verdict";

const FEWEST = 20;
/** The difference between chosen and rejected, in nats, under which the policy has hardly moved. */
const HARDLY_MOVED = 0.5;

/** Asks whether β is so high that the loss is content before the policy has moved. */
export const betaTooHigh: Check = {
  name: "beta-too-high",
  title: "β too high",
  speaksOf: "reference",
  examine(trace) {
    const beta = numberOf(trace, "beta");
    if (beta === undefined) return undecided("The run's β is not known.");
    const {
      min = 0,
      max: highest = Number.POSITIVE_INFINITY,
      start,
    } = safeRangeOf(trace.method, "beta", trace.configuration) ?? {};
    if (beta <= highest) return clear(`β is ${words(beta)}, which is within the usual range.`);
    const setting = stated(`β is ${words(beta)}; values up to ${highest} are usual.`, beta);
    const [from, to] = start ?? [min, highest];
    const fix = `Start a new run with β between ${from} and ${to}.`;
    const margins = pointsOf(trace, METRICS.rewardsMargins);
    const parts = startAndNow(margins);
    if (margins.length < FEWEST || !parts) return found("info", [setting], fix);
    // Pairs that move the wrong way have moved as well.
    const moved = mean(parts.now) / beta;
    if (Math.abs(moved) > HARDLY_MOVED) return found("info", [setting], fix);
    const text = `After ${margins.length} steps, chosen and rejected are ${words(moved)} nats apart (margin ÷ β): the policy has hardly moved.`;
    return found("warning", [setting, seen(METRICS.rewardsMargins, parts.now, moved, text)], fix);
  },
};
