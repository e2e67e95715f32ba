import { ROLLOUT_METRICS } from "../../runs/rollout-metrics";
import { FAR_FROM_REFERENCE } from "../harm";
import { mean, words } from "../series";
import { numberOf, pointsOf } from "../trace";
import { type Check, clear, found, seen, undecided } from "../verdict";

/** A KL above its target by this factor is no longer held by the controller. */
const ABOVE_TARGET = { warning: 2, critical: 4 };
/** The number of iterations that the check looks at: few, because an explosion must be told early. */
const RECENT = 3;

/** Asks whether the KL to the reference leaves its target, or is negative for long, which a KL can't be. */
export const klExplosion: Check = {
  name: "kl-explosion",
  title: "KL explodes",
  speaksOf: "rollouts",
  examine(trace) {
    const points = pointsOf(trace, ROLLOUT_METRICS.kl);
    const now = points.slice(-RECENT);
    if (now.length < RECENT)
      return undecided(`At least ${RECENT} iterations are needed; there are ${points.length} so far.`);
    const kl = mean(now);
    const target = numberOf(trace, "klTarget");
    if (kl < -1) {
      const text = `The estimate of the KL is ${words(kl)} nats per sequence. With exact log-probabilities it would be 0 or above, up to noise.`;
      const fix =
        "The log-probabilities of policy and reference are inconsistent: compare the temperature and the mask of sampling and scoring, or report a bug.";
      return found("warning", [seen(ROLLOUT_METRICS.kl, now, kl, text)], fix);
    }
    const limit = target ?? FAR_FROM_REFERENCE / ABOVE_TARGET.critical;
    const than = target === undefined ? "" : ` (target ${words(target)})`;
    const state = `The KL is ${words(kl)} nats per sequence${than}.`;
    if (kl <= ABOVE_TARGET.warning * limit) return clear(state);
    const severity = kl > ABOVE_TARGET.critical * limit ? "critical" : "warning";
    const before = points.length > RECENT ? points.at(-RECENT - 1) : undefined;
    const course = before ? ` At step ${before.step} it was ${words(before.value)}.` : "";
    const fix =
      "Lower the policy's learning rate, raise klCoefficient (0.1 to start with, 0.2 is conservative), or use fewer ppoEpochs on each iteration's rollouts.";
    return found(severity, [seen(ROLLOUT_METRICS.kl, now, kl, `${state}${course}`)], fix);
  },
};
