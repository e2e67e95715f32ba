/** The most by which one iteration's KL can be off its target, for the controller. */
const LARGEST_ERROR = 0.2;

/**
 * β of the next iteration (Ziegler et al. 2019, arXiv 1909.08593, section 2.2):
 *
 *   β ← β·(1 + clip(KL/target − 1, ±0.2)·n/horizon)
 *
 * Without a target β stays. Rounded to single precision, which a checkpoint holds exactly.
 *
 * @param kl summed over each completion, mean over completions, nats
 * @param completions n, those of this iteration
 */
export function nextKlCoefficient(
  klCoefficient: number,
  kl: number,
  completions: number,
  { klTarget, klHorizon }: { klTarget?: number; klHorizon: number },
): number {
  if (klTarget === undefined) return klCoefficient;
  const error = Math.max(-LARGEST_ERROR, Math.min(LARGEST_ERROR, kl / klTarget - 1));
  return Math.fround(klCoefficient * (1 + (error * completions) / klHorizon));
}
