import { FIXED_KL_COEFFICIENT } from "@/domain/runs/methods/ppo";
import { willReachTarget } from "./kl-lookahead";

/** The most by which one iteration's KL counts as off its target for the controller. */
const LARGEST_ERROR = 0.2;

/**
 * β of the first iteration, if the configuration chose none. Against normally distributed scores of deviation σ the
 * optimum of J = E[r] − β·KL is π* ∝ π_ref·exp(r/β), whose KL to π_ref is σ²/(2β²); so the β that ends at the target is
 * about
 *
 * β₀ = σ / √(2·target)
 *
 * A fixed number could not suit both a function between 0 and 1 and a reward model whose scores lie tens apart, and the
 * controller, which moves β by some percent an iteration, would need a short run's whole length to get there.
 *
 * @param scores of the first iteration, as the last token gets them
 */
export function startingKlCoefficient(
  scores: readonly number[],
  { klCoefficient, klTarget }: { klCoefficient?: number; klTarget?: number },
): number {
  const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, scores.length);
  const fromTarget = klTarget !== undefined && variance > 0 ? Math.sqrt(variance / (2 * klTarget)) : undefined;
  return Math.fround(klCoefficient ?? fromTarget ?? FIXED_KL_COEFFICIENT);
}

/**
 * β of the next iteration (Ziegler et al. 2019, arXiv 1909.08593, section 2.2):
 *
 *   β ← β·(1 + clip(KL/target − 1, ±0.2)·n/horizon)
 *
 * Without a target β stays. With a `klLookahead` it also stays where it would fall although KL is on its way to the target
 * (`kl-lookahead.ts`). Rounded to single precision, which a checkpoint holds exactly.
 *
 * @param course KL of each iteration, summed over each completion, mean over completions, nats; the present one last
 * @param completions n, those of this iteration
 */
export function nextKlCoefficient(
  klCoefficient: number,
  course: readonly number[],
  completions: number,
  { klTarget, klHorizon, klLookahead }: { klTarget?: number; klHorizon: number; klLookahead?: number },
): number {
  const kl = course.at(-1);
  if (klTarget === undefined || kl === undefined) return klCoefficient;
  const error = Math.max(-LARGEST_ERROR, Math.min(LARGEST_ERROR, kl / klTarget - 1));
  if (error < 0 && klLookahead !== undefined && willReachTarget(course, { klTarget, klLookahead }))
    return klCoefficient;
  return Math.fround(klCoefficient * (1 + (error * completions) / klHorizon));
}

/**
 * The KLs that the next iterations look back on, this iteration's included, in single precision as a checkpoint has
 * them.
 */
export function courseAfter(
  course: readonly number[],
  kl: number,
  { klLookahead = 1 }: { klLookahead?: number },
): readonly number[] {
  return [...course, Math.fround(kl)].slice(-klLookahead);
}
