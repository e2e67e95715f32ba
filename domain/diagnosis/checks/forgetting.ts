import { SUITE_NAMES, suiteOf } from "../../evaluation/suites";
import { ROLLOUT_METRICS, SUITE_PREFIX } from "../../runs/rollout-metrics";
import { wilsonInterval } from "../../statistics/share";
import { mean, percent, startAndNow, words } from "../series";
import { type Point, pointsOf, type RunTrace } from "../trace";
import { type Check, clear, type Evidence, found, seen, undecided } from "../verdict";

/**
 * The points of accuracy that a suite may lose before the check speaks, where the run names no threshold of its own.
 */
const LOST = { warning: 0.1, critical: 0.25 };
/** The rise of the loss on held-out text or demonstrations that counts, as a share of where it began. */
const LOSS_ROSE = { warning: 0.1, critical: 0.3 };

type Sign = { evidence: Evidence; grave: boolean };

/**
 * Asks whether the model has lost what it could do before: the capability suites, and the loss on text that it is not
 * rewarded for.
 */
export const forgetting: Check = {
  name: "forgetting",
  title: "Forgetting",
  speaksOf: "text",
  examine(trace) {
    const suites = [...trace.series.keys()].filter((name) => name.startsWith(SUITE_PREFIX));
    const measured = suites.filter((name) => pointsOf(trace, name).length >= 2);
    const loss = startAndNow(pointsOf(trace, ROLLOUT_METRICS.auxiliaryLoss));
    if (measured.length === 0 && !loss)
      return undecided("The run scores no capability suite and no held-out text. Evaluate the model to find out.");
    const signs = [...measured.map((name) => suiteFell(trace, name)), loss && lossRose(loss)].filter(
      (sign) => sign !== undefined,
    );
    if (signs.length === 0) {
      const kept = [...measured.map((name) => name.slice(SUITE_PREFIX.length)), ...(loss ? ["held-out text"] : [])];
      return clear(`The model is as good as at the start on: ${kept.join(", ")}.`);
    }
    const fix =
      "Train on demonstrations of the capability that fell (an SFT run from this model), put examples of the capability back into the data, lower the learning rate, or train an adapter of lower rank.";
    return found(
      signs.some(({ grave }) => grave) ? "critical" : "warning",
      signs.map(({ evidence }) => evidence),
      fix,
    );
  },
};

function suiteFell(trace: RunTrace, name: string): Sign | undefined {
  const points = pointsOf(trace, name);
  const [first, last] = [points[0] as Point, points.at(-1) as Point];
  const suite = name.slice(SUITE_PREFIX.length);
  const threshold = (trace.configuration.suiteThresholds as Record<string, unknown> | undefined)?.[suite];
  const below = typeof threshold === "number" && surelyBelow(last.value, suite, threshold);
  const lost = first.value - last.value;
  if (!below && lost < LOST.warning) return undefined;
  const than = below ? `, below its threshold of ${percent(threshold)}` : "";
  const text = `${suite}: ${percent(first.value)} at step ${first.step}, ${percent(last.value)} at step ${last.step}${than}.`;
  return { evidence: seen(name, points, last.value, text), grave: lost >= LOST.critical };
}

/**
 * With two dozen questions a few more or less are chance, so the upper bound of the 95 % interval must lie below the
 * threshold.
 */
function surelyBelow(value: number, suite: string, threshold: number): boolean {
  const known = SUITE_NAMES.find((name) => name === suite);
  if (!known) return value < threshold;
  return wilsonInterval(value, suiteOf(known).questions.length).high < threshold;
}

function lossRose({ start, now }: { start: Point[]; now: Point[] }): Sign | undefined {
  const share = mean(now) / mean(start) - 1;
  if (!(share > LOSS_ROSE.warning)) return undefined;
  const text = `The loss on held-out text rose from ${words(mean(start))} to ${words(mean(now))} nats per token.`;
  return { evidence: seen(ROLLOUT_METRICS.auxiliaryLoss, now, mean(now), text), grave: share > LOSS_ROSE.critical };
}
