import { METRICS } from "@/domain/runs/metric-names";
import { ROLLOUT_METRICS as R, SUITE_PREFIX } from "@/domain/runs/rollout-metrics";
import { type ComparedRun, metricsOf } from "./compared-runs";

/** What is looked at first, where at least two of the runs report it. */
const FIRST: readonly string[] = [
  ...[METRICS.loss, METRICS.evalLoss, METRICS.rewardsAccuracies, METRICS.accuracy, METRICS.evalAccuracy],
  ...[METRICS.rewardsMargins, METRICS.margin, METRICS.evalMargin, R.scores, R.rlhfReward, R.evalScores],
  ...[R.kl, METRICS.sequenceKl, METRICS.chosenDrift, R.entropy, R.length],
  ...[METRICS.gradNorm, METRICS.learningRate, "tokensPerSecond"],
];

/** Where the others are. A figure that is in none of them has a group at the end. */
const GROUPS: readonly { title: string; holds: (name: string) => boolean }[] = [
  group("Reward and loss", [
    ...[METRICS.loss, METRICS.evalLoss, R.scores, R.rlhfReward, R.evalScores, R.scoresStd, R.advantagesStd],
    ...[R.policyLoss, R.valueLoss, R.sftLoss, R.practiceLoss, R.auxiliaryLoss],
  ]),
  {
    title: "Pairs and their scores",
    holds: (name) =>
      /^(rewards|logps|logits)\//.test(name) || /^evalAccuracy/.test(name) || PAIR_FIGURES.includes(name),
  },
  group("Distance from the reference", [
    ...[R.kl, R.klCoefficient, METRICS.kl, METRICS.sequenceKl, R.approximateKl, R.ratio],
  ]),
  { title: "Completions", holds: (name) => name === R.entropy || name.startsWith("completions/") },
  { title: "Capability suites", holds: (name) => name.startsWith(SUITE_PREFIX) },
  group("Optimisation", [
    ...[METRICS.gradNorm, METRICS.learningRate, R.clipFraction, R.valueClipFraction, R.stoppedEarly],
    ...[R.explainedVariance, R.valueGradNorm],
  ]),
  { title: "Speed and memory", holds: (name) => name === "tokensPerSecond" || /^(speed|memory)\//.test(name) },
  { title: "Other figures", holds: () => true },
];
const PAIR_FIGURES: readonly string[] = [
  ...[METRICS.accuracy, METRICS.margin, METRICS.evalMargin, METRICS.minReward, METRICS.meanReward, METRICS.maxReward],
  ...[METRICS.nllLoss, METRICS.logOddsChosen, METRICS.logOddsRatio],
];

function group(title: string, names: readonly string[]) {
  return { title, holds: (name: string) => names.includes(name) };
}

export interface MetricGroup {
  title: string;
  names: string[];
  /** Numbers of the runs that report any of them. */
  runs: number[];
}

/** All figures of the runs: those that are compared first, and the others in groups. */
export function arrangeMetrics(runs: readonly ComparedRun[]): { first: string[]; groups: MetricGroup[] } {
  const reporting = (name: string) =>
    runs.flatMap(({ run, metrics }) => (metrics.some((one) => one.name === name) ? [run.number] : []));
  const names = metricsOf(runs);
  const first = FIRST.filter((name) => names.includes(name) && reporting(name).length > 1);
  const left = new Set(names.filter((name) => !first.includes(name)));
  const groups = GROUPS.flatMap(({ title, holds }) => {
    const own = [...left].filter((name) => holds(name) && left.delete(name));
    const reporters = new Set(own.flatMap(reporting));
    return own.length === 0
      ? []
      : [{ title, names: own, runs: runs.map(({ run }) => run.number).filter((number) => reporters.has(number)) }];
  });
  return { first, groups };
}
