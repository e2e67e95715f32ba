import { addMoments, type RunningMoments } from "./running-moments";

export type ScoreSettings = {
  ensemble: "min" | "mean";
  ensembleStdCoefficient: number;
  normalizeReward: boolean;
  rewardClip?: number;
  lengthPenalty: number;
  missingEosPenalty: number;
};

/**
 * Combines the scores of several reward models into one (Coste et al. 2023, arXiv 2310.02743, section 4): the most
 * pessimistic (`min`), or mean − k·std, std over the models. A completion that only some of them like is then worth
 * little.
 *
 * @param scores one a reward model, at least one
 */
export function combineScores(
  scores: readonly number[],
  { ensemble, ensembleStdCoefficient }: Pick<ScoreSettings, "ensemble" | "ensembleStdCoefficient">,
): number {
  if (ensemble === "min") return Math.min(...scores);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  return mean - ensembleStdCoefficient * Math.sqrt(variance);
}

export type ScoredCompletion = {
  score: number;
  /** Number of tokens. */
  length: number;
  /** Whether the completion reached its end of turn. */
  ended: boolean;
};

/** Keeps the division finite if all scores are alike. */
const EPSILON = 1e-8;

/**
 * Turns a completion's score into the reward of its last token: running normalisation → clip to ±rewardClip → −
 * lengthPenalty·tokens → − missingEosPenalty if it did not end. The clip comes before the penalties, so that it can't
 * swallow them.
 */
export function shapeScores(
  completions: readonly ScoredCompletion[],
  moments: RunningMoments,
  {
    normalizeReward,
    rewardClip,
    lengthPenalty,
    missingEosPenalty,
  }: Omit<ScoreSettings, "ensemble" | "ensembleStdCoefficient">,
): { scores: number[]; moments: RunningMoments } {
  const after = normalizeReward
    ? addMoments(
        moments,
        completions.map(({ score }) => score),
      )
    : moments;
  const scale = Math.sqrt(after.variance) + EPSILON;
  const scores = completions.map(({ score, length, ended }) => {
    const normalised = normalizeReward ? (score - after.mean) / scale : score;
    const clipped = rewardClip === undefined ? normalised : Math.max(-rewardClip, Math.min(rewardClip, normalised));
    return clipped - lengthPenalty * length - (ended ? 0 : missingEosPenalty);
  });
  return { scores, moments: after };
}
