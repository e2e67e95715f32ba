import { METRICS } from "../../runs/metric-names";
import { mean, startAndNow, words } from "../series";
import { type Point, pointsOf, type RunTrace } from "../trace";
import { type Check, clear, found, seen, undecided } from "../verdict";

const FEWEST = 3;
/** The rise of the validation loss over its lowest point that counts, as a share of that point. */
const ROSE = { warning: 0.05, critical: 0.5 };

/** Asks whether the validation loss rises from its lowest point while the training loss still falls. */
export const overfitting: Check = {
  name: "overfitting",
  title: "Overfitting",
  speaksOf: "records",
  examine(trace) {
    const points = pointsOf(trace, METRICS.evalLoss);
    if (points.length === 0)
      return undecided("The run has not validated yet, or no record is held out for validation.");
    if (points.length < FEWEST)
      return undecided(`At least ${FEWEST} validations are needed; there are ${points.length} so far.`);
    const best = points.reduce((low, point) => (point.value < low.value ? point : low));
    const last = points.at(-1) as Point;
    const share = best.value > 0 ? last.value / best.value - 1 : 0;
    const course = `The validation loss is ${words(last.value)}; its lowest value was ${words(best.value)} (step ${best.step}).`;
    if (share < ROSE.warning || !trainingFalls(trace)) return clear(course);
    const rise = points.filter(({ step }) => step >= best.step);
    const text = `The validation loss rose from ${words(best.value)} at step ${best.step} to ${words(last.value)}, while the training loss fell.`;
    const fix = `Stop near step ${best.step}: use fewer epochs or a lower learning rate. More labels help most.`;
    return found(share > ROSE.critical ? "critical" : "warning", [seen(METRICS.evalLoss, rise, share, text)], fix);
  },
};

function trainingFalls(trace: RunTrace): boolean {
  const parts = startAndNow(pointsOf(trace, METRICS.loss));
  return parts !== undefined && mean(parts.now) < mean(parts.start);
}
