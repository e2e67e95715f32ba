import { METRICS } from "../../runs/metric-names";
import { ROLLOUT_METRICS } from "../../runs/rollout-metrics";
import { muchClipped } from "../harm";
import { errorOfDifference, mean, median, startAndNow, words } from "../series";
import { numberOf, type Point, pointsOf, shows } from "../trace";
import { type Check, clear, type Evidence, found, seen, undecided } from "../verdict";

const FEWEST_STEPS = 12;
/** A spike is at least this many times the median of the steps before it. */
const SPIKE = 6;
/** The number of steps before a spike whose median it is compared with. */
const BEFORE = 10;

/**
 * Asks whether the loss or the gradient has spikes, whether the loss rises, and whether updates are mostly clipped
 * away.
 */
export const instability: Check = {
  name: "instability",
  title: "Unstable training",
  speaksOf: "every run",
  examine(trace) {
    const gradNorm = pointsOf(trace, METRICS.gradNorm);
    const loss = pointsOf(trace, METRICS.loss);
    const steps = Math.max(gradNorm.length, loss.length, pointsOf(trace, ROLLOUT_METRICS.kl).length);
    if (steps < FEWEST_STEPS) return undecided(`At least ${FEWEST_STEPS} steps are needed; there are ${steps} so far.`);
    const rise = shows(trace, "rollouts") ? [] : lossRises(loss);
    const evidence = [
      ...rise,
      ...gradientSpikes(gradNorm, numberOf(trace, "maxGradNorm") ?? 1),
      ...(shows(trace, "rollouts") ? muchClipped(trace) : lossSpikes(loss)),
    ];
    if (evidence.length === 0) return clear(`Loss and gradient had no spikes in ${steps} steps.`);
    const fix =
      "Lower the learning rate (half of it is a good first try), use a larger batch, and keep gradient clipping at 1 or below.";
    return found(rise.length > 0 ? "critical" : "warning", evidence, fix);
  },
};

/** The loss must have risen by a third, and by more than the noise of the batches can explain. */
function lossRises(loss: readonly Point[]): Evidence[] {
  const parts = startAndNow(loss);
  if (!parts) return [];
  const [before, now] = [mean(parts.start), mean(parts.now)];
  if (!(now > before + Math.abs(before) / 3 && now - before > 3 * errorOfDifference(parts.start, parts.now))) return [];
  return [seen(METRICS.loss, parts.now, now, `The loss rose from ${words(before)} at the start to ${words(now)}.`)];
}

function gradientSpikes(points: readonly Point[], limit: number): Evidence[] {
  const spikes = spikesOf(points).filter(({ value }) => value > limit);
  const highest = maximum(spikes);
  if (!highest || spikes.length < Math.max(2, points.length / 50)) return [];
  const times = spikes.length === 1 ? "once" : `${spikes.length} times`;
  const text = `The gradient norm jumped ${times} to more than ${SPIKE} times its usual size, at the highest to ${words(highest.value)} (step ${highest.step}).`;
  return [seen(METRICS.gradNorm, around(spikes), highest.value, text)];
}

function lossSpikes(points: readonly Point[]): Evidence[] {
  const parts = startAndNow(points);
  const spikes = spikesOf(points).filter(({ value }) => parts && value > 2 * mean(parts.start));
  const highest = maximum(spikes);
  if (!highest) return [];
  const text = `The loss jumped to ${words(highest.value)} at step ${highest.step}, more than twice what it was at the start.`;
  return [seen(METRICS.loss, around(spikes), highest.value, text)];
}

const spikesOf = (points: readonly Point[]): Point[] =>
  points.filter((point, index) => index >= BEFORE && point.value > SPIKE * median(points.slice(index - BEFORE, index)));

const maximum = (points: readonly Point[]): Point | undefined =>
  points.reduce<Point | undefined>((best, point) => (best && best.value >= point.value ? best : point), undefined);

const around = (points: readonly Point[]): Point[] => [points[0] as Point, points.at(-1) as Point];
