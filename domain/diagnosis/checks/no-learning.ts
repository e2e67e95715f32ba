import { METRICS } from "../../runs/metric-names";
import { ROLLOUT_METRICS } from "../../runs/rollout-metrics";
import { errorOfDifference, mean, startAndNow, words } from "../series";
import { pointsOf, type RunTrace, shows } from "../trace";
import { type Check, clear, found, type Outcome, seen, undecided } from "../verdict";

/** The number of iterations with one and the same score for every completion that can no longer be an accident. */
const FEWEST_CONSTANT = 3;
const FEWEST_STEPS = 20;
/** The spread of the scores, relative to their size, under which they count as one number. */
const ONE_NUMBER = 1e-4;

/**
 * Asks whether the model learns at all: a reward without differences, scores that do not rise, or a loss that does not
 * fall.
 */
export const noLearning: Check = {
  name: "no-learning",
  title: "No learning",
  speaksOf: "every run",
  examine: (trace) => constantReward(trace) ?? (shows(trace, "rollouts") ? scoresRise(trace) : lossFalls(trace)),
};

/** A reward that tells no completion from another can be seen from the first iterations. */
function constantReward(trace: RunTrace): Outcome | undefined {
  const spread = pointsOf(trace, ROLLOUT_METRICS.scoresStd);
  const scores = pointsOf(trace, ROLLOUT_METRICS.scores);
  if (!shows(trace, "rollouts") || scores.length < FEWEST_CONSTANT) return undefined;
  const size = Math.max(1e-6, Math.abs(mean(scores)));
  const lately = spread.slice(-FEWEST_CONSTANT);
  const flatWithin = lately.length === FEWEST_CONSTANT && lately.every(({ value }) => value <= ONE_NUMBER * size);
  const values = scores.slice(-2 * FEWEST_CONSTANT);
  const flatAcross =
    spread.length === 0 &&
    values.length === 2 * FEWEST_CONSTANT &&
    values.every(({ value }) => Math.abs(value - (values[0]?.value ?? 0)) <= ONE_NUMBER * size);
  if (!flatWithin && !flatAcross) return undefined;
  const score = mean(scores.slice(-FEWEST_CONSTANT));
  const evidence = flatWithin
    ? [
        seen(
          ROLLOUT_METRICS.scoresStd,
          lately,
          mean(lately),
          `All completions of an iteration get the same score (${words(score)}): the standard deviation of the scores is ${words(mean(lately))}.`,
        ),
      ]
    : [
        seen(
          ROLLOUT_METRICS.scores,
          values,
          score,
          `The mean score is ${words(score)} in each of the last ${values.length} iterations.`,
        ),
      ];
  const advantages = pointsOf(trace, ROLLOUT_METRICS.advantagesStd).slice(-FEWEST_CONSTANT);
  if (advantages.length > 0)
    evidence.push(
      seen(
        ROLLOUT_METRICS.advantagesStd,
        advantages,
        mean(advantages),
        `What is left in the advantages (standard deviation ${words(mean(advantages))} before whitening) is the KL penalty and the value model's error.`,
      ),
    );
  return found(
    "critical",
    evidence,
    "Look at the reward source: it may be a function that never matches, a clip that is too tight, or a reward model whose head was not trained. Score a good and a bad completion by hand and check that the scores differ.",
  );
}

function scoresRise(trace: RunTrace): Outcome {
  const points = pointsOf(trace, ROLLOUT_METRICS.scores);
  const parts = startAndNow(points);
  if (points.length < FEWEST_STEPS || !parts)
    return undecided(`At least ${FEWEST_STEPS} iterations are needed; there are ${points.length} so far.`);
  const rise = mean(parts.now) - mean(parts.start);
  const spread = pointsOf(trace, ROLLOUT_METRICS.scoresStd)[0]?.value;
  const noise = 2 * errorOfDifference(parts.start, parts.now);
  const least = Math.max(noise, spread === undefined ? 0 : spread / 10);
  const course = `The mean score went from ${words(mean(parts.start))} to ${words(mean(parts.now))} in ${points.length} iterations`;
  if (rise > least) return clear(`${course}.`);
  const judged = rise < -least ? "it falls instead of rising" : "which is no more than its noise";
  return found(
    "warning",
    [seen(ROLLOUT_METRICS.scores, points, rise, `${course}, ${judged}.`)],
    "Raise policyLearningRate, take more rollouts per iteration, or lower klCoefficient. If the advantages vary little, the reward is too coarse: make it finer or train a better reward model.",
  );
}

function lossFalls(trace: RunTrace): Outcome {
  const points = pointsOf(trace, METRICS.loss);
  const parts = startAndNow(points);
  if (points.length < FEWEST_STEPS || !parts)
    return undecided(`At least ${FEWEST_STEPS} steps are needed; there are ${points.length} so far.`);
  const [before, now] = [mean(parts.start), mean(parts.now)];
  const course = `The loss went from ${words(before)} to ${words(now)} in ${points.length} steps`;
  if (before - now > 0.02 * Math.abs(before)) return clear(`${course}.`);
  if (now - before > 0.1 * Math.abs(before)) return clear(`${course}, so training is not at a standstill.`);
  return found(
    "warning",
    [seen(METRICS.loss, points, now - before, `${course}: it hardly changes.`)],
    "Raise the learning rate within its range, train for more steps, or look at the records: labels that contradict each other teach nothing.",
  );
}
