import { ROLLOUT_METRICS } from "../runs/rollout-metrics";
import { mean, standardDeviation, startAndNow, words } from "./series";
import { type Point, pointsOf, type RunTrace } from "./trace";

/** Measures how far the score has come, in standard deviations of the scores that the run started with. */
export interface ScoreRise {
  start: Point[];
  now: Point[];
  rise: number;
  deviations: number;
  /** The rise in words: "the score rose from 0.2 to 1.4 (2.1 standard deviations of its start)". */
  text: string;
}

/** The rise is undefined where there are too few iterations to tell. */
export function scoreRise(trace: RunTrace): ScoreRise | undefined {
  const parts = startAndNow(pointsOf(trace, ROLLOUT_METRICS.scores));
  if (!parts) return undefined;
  const spread = pointsOf(trace, ROLLOUT_METRICS.scoresStd)[0]?.value ?? standardDeviation(parts.start);
  const [before, after] = [mean(parts.start), mean(parts.now)];
  const rise = after - before;
  const deviations = spread > 0 ? rise / spread : 0;
  const verb = rise >= 0 ? "rose" : "fell";
  const size = spread > 0 ? ` (${words(Math.abs(deviations))} standard deviations of the first scores)` : "";
  return { ...parts, rise, deviations, text: `the score ${verb} from ${words(before)} to ${words(after)}${size}` };
}

/** From half a standard deviation the reward has clearly improved, so that it is worth asking by what. */
export const IMPROVED = 0.5;
