import { FEWEST_LOOKED_BACK_ON } from "@/domain/runs/fields/ppo";

/**
 * Whether KL, still below its target, will come to it at the present β: β then need not fall.
 *
 * The policy follows β late. The controller of Ziegler et al. lowers β for as long as KL is below its target, so by the
 * time that KL arrives β has long been too low for it, and KL runs on past the target (an integrator that winds up).
 * Where KL nears the KL*(β) that belongs to the present β with a lag of τ iterations,
 *
 *   dKL/dt = (KL* − KL) / τ,   so   KL* = KL + τ·dKL/dt:
 *
 * a look of τ iterations ahead along the present slope is where KL ends if β stays. The slope is the least-squares line's
 * through the last `klLookahead` iterations, since one iteration's KL is noisy.
 *
 * @param course KL of each iteration, summed over a completion, nats; the oldest first, the present one last
 */
export function willReachTarget(
  course: readonly number[],
  { klTarget, klLookahead }: { klTarget: number; klLookahead: number },
): boolean {
  const recent = course.slice(-klLookahead);
  if (recent.length < FEWEST_LOOKED_BACK_ON) return false;
  return (recent.at(-1) as number) + klLookahead * slopeOf(recent) >= klTarget;
}

/** Slope of the least-squares line, for one iteration. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const products = values.reduce((sum, value, at) => sum + (at - middle) * value, 0);
  return products / values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
}
