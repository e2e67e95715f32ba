import { evalAccuracyOf, evalPairsOf, type Metrics } from "@/domain/runs/metric-names";
import { STRENGTH_BUCKETS, strengthOf } from "@/domain/runs/preference-strength";
import { mean } from "./pair-figures";

/**
 * Computes for held-out pairs, strength by strength, on how many the model agrees with people, and how many there are.
 * A model that learns gets clear preferences right first; one that is right on slight ones alone has learned something
 * else. A strength without a pair has no figures.
 */
export function strengthFigures(pairs: readonly { margin: number; isRight: boolean }[]): Metrics {
  const figures: Metrics = {};
  for (const { key } of STRENGTH_BUCKETS) {
    const some = pairs.filter(({ margin }) => strengthOf(margin) === key);
    if (some.length === 0) continue;
    figures[evalAccuracyOf(key)] = mean(some.map(({ isRight }) => (isRight ? 1 : 0)));
    figures[evalPairsOf(key)] = some.length;
  }
  return figures;
}
