import { METRICS } from "../runs/metric-names";
import { ROLLOUT_METRICS } from "../runs/rollout-metrics";
import { logRatios } from "./log-ratios";
import { mean, median, percent, startAndNow, words } from "./series";
import { numberOf, type Point, pointsOf, type RunTrace, shows } from "./trace";
import { type Evidence, seen } from "./verdict";

/** The share of clipped tokens above which the policy moves further in one iteration than its rollouts can justify. */
const MUCH_CLIPPED = 0.3;
/** The number of iterations in a row that must be clipped: a single one may be a small rollout's accident. */
const IN_A_ROW = 3;

/** The nats that a whole completion moves from the reference before it counts as far, whatever the method. */
export const FAR_FROM_REFERENCE = 40;

/**
 * Lists signs that the steps are too large for the model, whatever the cause: the loss or the gradients grew, or the
 * policy is far from where it began. Other checks read a setting that is out of range together with these signs.
 */
export function signsOfHarm(trace: RunTrace): Evidence[] {
  return [
    ...(shows(trace, "rollouts") ? [] : lossRose(trace)),
    ...gradientsGrew(trace),
    ...(shows(trace, "rollouts")
      ? [...klFar(trace), ...muchClipped(trace)]
      : shows(trace, "reference")
        ? ratiosFar(trace)
        : []),
  ];
}

/** The median of the last steps must be half as high again as at the start, because single batches are noisy. */
function lossRose(trace: RunTrace): Evidence[] {
  const parts = startAndNow(pointsOf(trace, METRICS.loss));
  if (!parts) return [];
  const [before, now] = [median(parts.start), median(parts.now)];
  if (!(now > 1.5 * before && before > 0)) return [];
  const text = `The loss rose from ${words(before)} at the start to ${words(now)}.`;
  return [seen(METRICS.loss, parts.now, now, text)];
}

function gradientsGrew(trace: RunTrace): Evidence[] {
  const parts = startAndNow(pointsOf(trace, METRICS.gradNorm));
  if (!parts) return [];
  const [before, now] = [median(parts.start), median(parts.now)];
  if (!(now > 10 * before && now > (numberOf(trace, "maxGradNorm") ?? 1))) return [];
  const text = `The gradient norm grew from ${words(before)} to ${words(now)}.`;
  return [seen(METRICS.gradNorm, parts.now, now, text)];
}

function klFar(trace: RunTrace): Evidence[] {
  const points = pointsOf(trace, ROLLOUT_METRICS.kl);
  const last = points.slice(-3);
  const target = numberOf(trace, "klTarget");
  const limit = target === undefined ? FAR_FROM_REFERENCE : 5 * target;
  if (last.length < 3 || !(mean(last) > limit)) return [];
  const than = target === undefined ? "" : `; the target was ${words(target)}`;
  return [seen(ROLLOUT_METRICS.kl, last, mean(last), `The KL is ${words(mean(last))} nats per sequence${than}.`)];
}

/**
 * Finds the iterations of a run in which most was clipped. The end may show nothing of it, because the schedule's
 * learning rate is small there or the reward is earned in full; but the policy got its shape in these iterations.
 */
export function muchClipped(trace: RunTrace): Evidence[] {
  const points = pointsOf(trace, ROLLOUT_METRICS.clipFraction);
  const windows = points.slice(IN_A_ROW - 1).map((_, start) => points.slice(start, start + IN_A_ROW));
  const worst = windows.reduce((most, window) => (mean(window) > mean(most) ? window : most), windows[0] ?? []);
  const [first, last] = [worst[0], worst.at(-1)];
  if (!first || !last || !(mean(worst) > MUCH_CLIPPED)) return [];
  const text = `In iterations ${first.step} to ${last.step}, ${percent(mean(worst))} of the tokens were clipped: within one iteration the policy moved away from its own rollouts.`;
  return [seen(ROLLOUT_METRICS.clipFraction, worst, mean(worst), text)];
}

function ratiosFar(trace: RunTrace): Evidence[] {
  return (["chosen", "rejected"] as const).flatMap((side) => {
    const parts = startAndNow(logRatios(trace, side));
    const now = parts ? median(parts.now) : 0;
    if (!parts || Math.abs(now) <= FAR_FROM_REFERENCE) return [];
    const metric = side === "chosen" ? METRICS.rewardsChosen : METRICS.rewardsRejected;
    const text = `The log-probability of ${side} completions moved by ${words(now)} nats from that of the model that the run started from.`;
    return [seen(metric, parts.now as readonly Point[], now, text)];
  });
}
