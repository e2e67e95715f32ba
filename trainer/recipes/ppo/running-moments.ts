/** Mean and variance of all scores so far, in single precision, which a checkpoint holds exactly. */
export type RunningMoments = { count: number; mean: number; variance: number };

export const NO_MOMENTS: RunningMoments = { count: 0, mean: 0, variance: 1 };

/** Adds one iteration's scores (Chan et al. 1983: mean and sum of squares of two samples together). */
export function addMoments({ count, mean, variance }: RunningMoments, scores: readonly number[]): RunningMoments {
  const n = scores.length;
  if (n === 0) return { count, mean, variance };
  const newMean = scores.reduce((sum, score) => sum + score, 0) / n;
  const newSquares = scores.reduce((sum, score) => sum + (score - newMean) ** 2, 0);
  const total = count + n;
  const apart = newMean - mean;
  const squares = (count === 0 ? 0 : variance * count) + newSquares + (apart ** 2 * count * n) / total;
  return {
    count: total,
    mean: Math.fround(mean + (apart * n) / total),
    variance: Math.fround(squares / total),
  };
}
