import { ROLLOUT_METRICS } from "../../runs/rollout-metrics";
import { mean, startAndNow, words } from "../series";
import { pointsOf, type RunTrace } from "../trace";
import { type Check, clear, type Evidence, found, seen, undecided } from "../verdict";

/** The share of the start's entropy and of its distinct bigrams below which the completions count as collapsed. */
const LEFT = { warning: 0.5, critical: 0.2 };
/** Two completions of one iteration whose bigrams overlap by this share say the same thing. */
const ALIKE = { rise: 0.2, critical: 0.8 };

type Sign = { evidence: Evidence; grave: boolean };

/** Asks whether diversity falls: low entropy, few distinct bigrams, completions that resemble each other. */
export const collapse: Check = {
  name: "collapse",
  title: "Collapse of diversity",
  speaksOf: "rollouts",
  examine(trace) {
    const { entropy, distinct2, selfSimilarity } = ROLLOUT_METRICS;
    const measured = [entropy, distinct2, selfSimilarity].filter((name) => startAndNow(pointsOf(trace, name)));
    if (measured.length === 0) return undecided("At least 6 iterations with entropy or texts are needed.");
    const signs = [
      fell(trace, entropy, "Entropy", "nats per token"),
      fell(trace, distinct2, "The share of distinct bigrams", ""),
      grewAlike(trace),
    ].filter((sign) => sign !== undefined);
    if (signs.length === 0)
      return clear(
        "The entropy, the share of distinct bigrams and the similarity of the completions have kept their level.",
      );
    const critical = signs.length >= 2 || signs.some(({ grave }) => grave);
    const fix =
      "Set temperature to 1.0, add an entropy bonus (entropyCoefficient 0.01), raise klCoefficient, and continue from a checkpoint before the fall.";
    return found(
      critical ? "critical" : "warning",
      signs.map(({ evidence }) => evidence),
      fix,
    );
  },
};

function fell(trace: RunTrace, metric: string, what: string, unit: string): Sign | undefined {
  const parts = startAndNow(pointsOf(trace, metric));
  if (!parts) return undefined;
  const [before, now] = [mean(parts.start), mean(parts.now)];
  if (!(before > 0 && now < LEFT.warning * before)) return undefined;
  const text = `${what} fell from ${words(before)} to ${words(now)}${unit && ` ${unit}`}.`;
  return { evidence: seen(metric, parts.now, now, text), grave: now < LEFT.critical * before };
}

function grewAlike(trace: RunTrace): Sign | undefined {
  const parts = startAndNow(pointsOf(trace, ROLLOUT_METRICS.selfSimilarity));
  if (!parts) return undefined;
  const [before, now] = [mean(parts.start), mean(parts.now)];
  if (now - before < ALIKE.rise) return undefined;
  const text = `Two completions of an iteration share ${words(now)} of their bigrams; at the start they shared ${words(before)}.`;
  return { evidence: seen(ROLLOUT_METRICS.selfSimilarity, parts.now, now, text), grave: now > ALIKE.critical };
}
