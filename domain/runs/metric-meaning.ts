import { CAPABILITY_SUITES, type SuiteName } from "../evaluation/suites";
import { type MetricMeaning, metricMeanings } from "./metric-names";
import { rolloutMeanings } from "./rollout-meanings";
import { SUITE_PREFIX } from "./rollout-metrics";

const MEANINGS: Readonly<Record<string, MetricMeaning>> = {
  ...metricMeanings,
  ...rolloutMeanings,
  tokensPerSecond: {
    title: "Tokens per second",
    meaning: "Real tokens, no padding, that went through training.",
    better: "higher",
  },
};

/** Names of all figures that are explained here, but for the suites'. */
export const EXPLAINED_METRICS: readonly string[] = Object.keys(MEANINGS);

/** What any figure of a run is called and means; null for a name that nobody has explained yet. */
export function meaningOfMetric(name: string): MetricMeaning | null {
  if (!name.startsWith(SUITE_PREFIX)) return Object.hasOwn(MEANINGS, name) ? (MEANINGS[name] as MetricMeaning) : null;
  const suite = name.slice(SUITE_PREFIX.length);
  const known = Object.hasOwn(CAPABILITY_SUITES, suite) ? CAPABILITY_SUITES[suite as SuiteName] : null;
  const meaning = "Accuracy of a small own suite, scored while the run goes, 0 to 1.";
  return { title: `Suite: ${known?.title ?? suite}`, meaning, better: "higher" };
}

export const titleOfMetric = (name: string): string => meaningOfMetric(name)?.title ?? name;
