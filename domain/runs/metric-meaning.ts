import { CAPABILITY_SUITES, type SuiteName } from "../evaluation/suites";
import { type MetricMeaning, metricMeanings } from "./metric-names";
import { rolloutMeanings } from "./rollout-meanings";
import { SUITE_PREFIX } from "./rollout-metrics";

const MEANINGS: Readonly<Record<string, MetricMeaning>> = {
  ...metricMeanings,
  ...rolloutMeanings,
  tokensPerSecond: {
    title: "Tokens per second",
    meaning: "Real tokens (no padding) that went through training, per second.",
    better: "higher",
  },
};

/** The names of all figures that are explained here, except those of the suites. */
export const EXPLAINED_METRICS: readonly string[] = Object.keys(MEANINGS);

/** Tells the name and the meaning of any figure of a run; null for a figure that nobody has explained yet. */
export function meaningOfMetric(name: string): MetricMeaning | null {
  if (!name.startsWith(SUITE_PREFIX)) return Object.hasOwn(MEANINGS, name) ? (MEANINGS[name] as MetricMeaning) : null;
  const suite = name.slice(SUITE_PREFIX.length);
  const known = Object.hasOwn(CAPABILITY_SUITES, suite) ? CAPABILITY_SUITES[suite as SuiteName] : null;
  const meaning = "Accuracy on one of Tuneloop's small capability suites, scored during the run; from 0 to 1.";
  return { title: `Suite: ${known?.title ?? suite}`, meaning, better: "higher" };
}

export const titleOfMetric = (name: string): string => meaningOfMetric(name)?.title ?? name;
