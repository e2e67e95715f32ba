import { ROLLOUT_METRICS } from "../../runs/rollout-metrics";
import { IMPROVED, scoreRise } from "../rising-score";
import { errorOfDifference, mean, startAndNow, words } from "../series";
import { numberOf, pointsOf, type RunTrace } from "../trace";
import { type Check, clear, type Evidence, found, seen, undecided } from "../verdict";

const FIX =
  "Read the rollouts with the highest scores and look for what they have in common. Then clip the reward (rewardClip), use the minimum of an ensemble, raise klCoefficient, or continue from an earlier checkpoint and stop sooner.";

/**
 * The growth of the entropy that counts, as a factor of the start. A recorded run that learned to write junk came to
 * 1.5 in 15 iterations.
 */
const GROWN_UNSURE = 1.4;

/**
 * Asks whether the score rises while what it stands for does not: held-out scores fall, or the policy pays a KL that no
 * quality needs.
 */
export const rewardHacking: Check = {
  name: "reward-hacking",
  title: "Reward hacking",
  speaksOf: "rollouts",
  examine(trace) {
    const score = scoreRise(trace);
    if (!score) return undecided("At least 6 iterations with scores are needed.");
    if (score.deviations < IMPROVED) return clear(`In training, ${score.text}, which is no reason for suspicion.`);
    const rise = seen(
      ROLLOUT_METRICS.scores,
      [...score.start, ...score.now],
      score.rise,
      `In training, ${score.text}.`,
    );
    const heldOut = heldOutFalls(trace);
    if (heldOut) return found("critical", [rise, heldOut], FIX);
    const signs = [klPaid(trace), babbles(trace)].filter((sign) => sign !== undefined);
    if (signs.length > 0) return found("warning", [rise, ...signs], FIX);
    const measured = pointsOf(trace, ROLLOUT_METRICS.evalScores).length >= 6;
    return clear(
      `In training, ${score.text}, and ${measured ? "the held-out scores rose as well" : "the KL stayed within bounds"}.`,
    );
  },
};

function heldOutFalls(trace: RunTrace): Evidence | undefined {
  const points = pointsOf(trace, ROLLOUT_METRICS.evalScores);
  const parts = startAndNow(points);
  if (!parts) return undefined;
  const best = points.reduce((high, point) => (point.value > high.value ? point : high));
  const fall = best.value - mean(parts.now);
  const spread = pointsOf(trace, ROLLOUT_METRICS.scoresStd)[0]?.value ?? 0;
  if (fall < Math.max(0.2 * spread, 2 * errorOfDifference(parts.start, parts.now)) || fall <= 0) return undefined;
  const text = `The held-out score fell from its best value, ${words(best.value)} at step ${best.step}, to ${words(mean(parts.now))}.`;
  return seen(
    ROLLOUT_METRICS.evalScores,
    points.filter(({ step }) => step >= best.step),
    fall,
    text,
  );
}

/**
 * A policy that is sure of what it found becomes surer. A policy that surprises itself with every token scores with
 * noise.
 */
function babbles(trace: RunTrace): Evidence | undefined {
  const parts = startAndNow(pointsOf(trace, ROLLOUT_METRICS.entropy));
  if (!parts) return undefined;
  const [before, now] = [mean(parts.start), mean(parts.now)];
  if (!(before > 0 && now > GROWN_UNSURE * before)) return undefined;
  const text = `The policy's entropy rose together with the score, from ${words(before)} to ${words(now)} nats per token: the completions turn into noise that happens to score well.`;
  return seen(ROLLOUT_METRICS.entropy, parts.now, now, text);
}

/** Without a target, a KL of 20 nats per sequence is high; with one, one and a half times the target is. */
function klPaid(trace: RunTrace): Evidence | undefined {
  const now = pointsOf(trace, ROLLOUT_METRICS.kl).slice(-5);
  const target = numberOf(trace, "klTarget");
  const limit = target === undefined ? 20 : 1.5 * target;
  if (now.length < 5 || mean(now) <= limit) return undefined;
  const text = `The policy is ${words(mean(now))} nats of KL per sequence away from the reference, above ${words(limit)}: it writes texts on which the reward was never checked.`;
  return seen(ROLLOUT_METRICS.kl, now, mean(now), text);
}
