import { METRICS } from "../../runs/metric-names";
import { mean, percent } from "../series";
import { type Point, pointsOf, type RunTrace } from "../trace";
import { type Check, clear, found, seen, undecided } from "../verdict";

const FEWEST = 20;
/** The accuracy that a coin could reach too, after half of the run. */
const NEAR_CHANCE = [0.42, 0.58] as const;

/**
 * Asks whether the model tells pairs apart no better than a coin. An accuracy below a coin's hints at swapped labels.
 */
export const accuracyNearChance: Check = {
  name: "accuracy-near-chance",
  title: "Accuracy near chance",
  speaksOf: "pairs",
  examine(trace) {
    const { metric, points } = accuracyOf(trace);
    if (points.length < FEWEST)
      return undecided(`At least ${FEWEST} steps are needed; there are ${points.length} so far.`);
    const half = points.slice(points.length >> 1);
    const accuracy = mean(half);
    const held = pointsOf(trace, METRICS.evalAccuracy).at(-1);
    const [low, high] = NEAR_CHANCE;
    if (accuracy > high) return clear(`The model puts ${percent(accuracy)} of the training pairs in the right order.`);
    const evidence = [
      seen(
        metric,
        half,
        accuracy,
        `In the second half of the run, the model puts ${percent(accuracy)} of the training pairs in the right order.`,
      ),
      ...(held
        ? [seen(METRICS.evalAccuracy, [held], held.value, `On held-out pairs it is ${percent(held.value)}.`)]
        : []),
    ];
    if (accuracy < low)
      return found(
        "critical",
        evidence,
        "The model learns nothing, or the opposite of what people preferred. Check whether chosen and rejected are swapped in the dataset version.",
      );
    return found(
      "warning",
      evidence,
      "Look at the agreement between annotators: pairs that people themselves can't tell apart teach nothing. If people agree, raise the learning rate within its range, or train for more steps.",
    );
  },
};

function accuracyOf(trace: RunTrace): { metric: string; points: readonly Point[] } {
  const metric = trace.series.has(METRICS.accuracy) ? METRICS.accuracy : METRICS.rewardsAccuracies;
  return { metric, points: pointsOf(trace, metric) };
}
