import { METRICS } from "../runs/metric-names";
import { numberOf, type Point, pointsOf, type RunTrace, shows } from "./trace";

/**
 * Reads Δ = log π − log π_ref of chosen or rejected completions, in nats, summed over tokens and averaged over the
 * batch. Chosen log-ratios are taken as the run reports them. Others are computed back from the reported rewards, for
 * which β must be known; the series is empty where it isn't.
 */
export function logRatios(trace: RunTrace, side: "chosen" | "rejected"): Point[] {
  const reported = side === "chosen" ? pointsOf(trace, METRICS.chosenDrift) : [];
  if (shows(trace, "reference") && reported.length > 0) return [...reported];
  const beta = numberOf(trace, "beta");
  if (!shows(trace, "reference") || beta === undefined || beta <= 0) return [];
  const rewards = pointsOf(trace, side === "chosen" ? METRICS.rewardsChosen : METRICS.rewardsRejected);
  return rewards.map(({ step, value }) => ({ step, value: value / beta }));
}
