import { ROLLOUT_METRICS } from "../../runs/rollout-metrics";
import { mean, words } from "../series";
import { pointsOf } from "../trace";
import { type Check, clear, found, seen, undecided } from "../verdict";

const FEWEST = 10;
const RECENT = 5;
/** A value a little below 0 is the noise of few rollouts, and exactly 0 comes from returns that do not vary. */
const CLEARLY_WORSE = -0.05;

/** Asks whether the value model predicts returns worse than a constant would. Then it makes the advantages noisier. */
export const valueInaccurate: Check = {
  name: "value-inaccurate",
  title: "Value model predicts nothing",
  speaksOf: "rollouts",
  examine(trace) {
    const points = pointsOf(trace, ROLLOUT_METRICS.explainedVariance);
    if (points.length === 0) return undecided("The run reports no explained variance; it may have no value model.");
    if (points.length < FEWEST)
      return undecided(`At least ${FEWEST} iterations are needed; there are ${points.length} so far.`);
    const now = points.slice(-RECENT);
    const value = mean(now);
    if (value > CLEARLY_WORSE) return clear(`The explained variance of the value model is ${words(value)}.`);
    const text = `The explained variance is ${words(value)} after ${points.length} iterations; a constant would reach 0.`;
    const fix =
      "Raise valueLearningRate, raise valueClipRange where scores are much larger than 1, or take more rollouts per iteration.";
    return found("warning", [seen(ROLLOUT_METRICS.explainedVariance, now, value, text)], fix);
  },
};
