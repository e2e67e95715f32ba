import { METRICS } from "../../runs/metric-names";
import { logRatios } from "../log-ratios";
import { mean, percent, startAndNow, words } from "../series";
import { type Point, pointsOf, type RunTrace, shows } from "../trace";
import { type Check, clear, found, seen, undecided } from "../verdict";

/** The share of their log-prob that chosen completions must lose to be worth a word, and the least loss in nats. */
const LOST = { warning: 0.1, critical: 0.5, nats: 3 };

/**
 * Asks whether both log-probs fall. Then the margin grows only because rejected completions fall faster, and the
 * probability goes to texts that nobody has seen. This is widely observed with DPO, and harmless while it is small.
 */
export const chosenDrift: Check = {
  name: "chosen-drift",
  title: "Chosen completions become unlikely",
  speaksOf: "preferences",
  examine(trace) {
    const [chosen, rejected] = [movedBy(trace, "chosen"), movedBy(trace, "rejected")];
    if (!chosen || !rejected) return undecided("At least 6 steps with log-probabilities are needed.");
    const course = `The log-probability of chosen completions moved by ${words(chosen.moved)} nats, that of rejected ones by ${words(rejected.moved)} nats.`;
    const lost = -chosen.moved / Math.max(1, Math.abs(chosen.origin));
    if (chosen.moved > -LOST.nats || lost < LOST.warning) return clear(course);
    const both = rejected.moved < 0 ? "Both log-probabilities fall." : "Chosen completions have become less likely.";
    const evidence = [
      seen(
        METRICS.logpsChosen,
        chosen.now,
        chosen.moved,
        `${both} ${course} The chosen completions lost ${percent(lost)} of their log-probability.`,
      ),
      seen(
        METRICS.logpsRejected,
        rejected.now,
        rejected.moved,
        `The log-probability of rejected completions moved by ${words(rejected.moved)} nats.`,
      ),
    ];
    const fix =
      "Raise β, lower the learning rate or train for fewer steps. Adding the likelihood of chosen completions to the loss (nllCoefficient 0.1–0.2) keeps them likely; so does ORPO, whose loss contains that likelihood.";
    return found(lost >= LOST.critical ? "critical" : "warning", evidence, fix);
  },
};

/**
 * The fall is measured against the reference where there is one. The first steps are the noisier substitute, since
 * their batches hold other records.
 */
function movedBy(
  trace: RunTrace,
  side: "chosen" | "rejected",
): { moved: number; origin: number; now: Point[] } | undefined {
  const logps = startAndNow(pointsOf(trace, side === "chosen" ? METRICS.logpsChosen : METRICS.logpsRejected));
  if (!logps) return undefined;
  const { start, now } = logps;
  if (!shows(trace, "reference")) return { moved: mean(now) - mean(start), origin: mean(start), now };
  const ratios = startAndNow(logRatios(trace, side));
  if (!ratios) return undefined;
  return { moved: mean(ratios.now), origin: mean(now) - mean(ratios.now), now };
}
