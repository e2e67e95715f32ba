"use client";

import { useEffect, useState } from "react";
import { formatNumber, plural } from "@/app/components/format";
import { isIn, type MemberSteps, memberSteps } from "@/domain/runs/member-steps";
import { meaningOfMetric } from "@/domain/runs/metric-meaning";
import { evalAccuracyOf, evalPairsOf } from "@/domain/runs/metric-names";
import { STRENGTH_BUCKETS } from "@/domain/runs/preference-strength";
import { FoldedCharts } from "../folded-charts";
import type { Chart } from "./chart";
import { chartAnchor, useChartFocus } from "./chart-focus";
import { MetricChart } from "./metric-chart";
import { lookedUpRolloutCharts, watchedRolloutCharts } from "./rollout-charts";
import { lowestValidation, type MetricPoints } from "./run-figures";

/** Which figures stand together. A chart whose metrics a method does not report is left out once others have come. */
const CHARTS: Chart[] = [
  {
    title: "Loss",
    about:
      "The quantity that training minimises. Validation loss is measured on prompts that are never trained on; if it rises while the training loss falls, the run is overfitting.",
    series: [
      { name: "loss", label: "training" },
      { name: "evalLoss", label: "validation", sparse: true },
    ],
  },
  {
    title: "Accuracy",
    about: "Share of pairs in which the chosen completion gets the higher reward.",
    within: [0, 1],
    series: [
      { name: "rewards/accuracies", label: "training" },
      { name: "accuracy", label: "training" },
      { name: "evalAccuracy", label: "validation", sparse: true },
    ],
  },
  {
    title: "Validation accuracy by strength",
    about:
      "Accuracy on held-out pairs, separately for how much better people called the chosen completion. Clear preferences are learned first.",
    within: [0, 1],
    series: STRENGTH_BUCKETS.map(({ key }) => {
      return { name: evalAccuracyOf(key), label: key, of: evalPairsOf(key), sparse: true };
    }),
  },
  {
    title: "Margin",
    about: "Reward of the chosen completion minus reward of the rejected one.",
    series: [
      { name: "rewards/margins", label: "training" },
      { name: "margin", label: "training" },
      { name: "evalMargin", label: "validation", sparse: true },
    ],
  },
  {
    title: "Tokens per second",
    about: "Real tokens (no padding) that went through training.",
    within: [0, "auto"],
    series: [{ name: "tokensPerSecond", label: "tokens/s" }],
  },
  {
    title: "Gradient norm",
    within: [0, "auto"],
    about: "Norm of the gradient before clipping. Spikes often precede divergence.",
    series: [{ name: "gradNorm", label: "norm" }],
  },
  {
    title: "Log-probabilities",
    unit: "nats",
    about:
      "Mean log-probability of the completions under the model. If that of the chosen completions falls far, the model is drifting.",
    series: [
      { name: "logps/chosen", label: "chosen" },
      { name: "logps/rejected", label: "rejected" },
    ],
  },
  {
    title: "Mean logits",
    about:
      "Means over the vocabulary and the tokens of the completions. They move with the scale of the output; a steady rise or fall of both curves shows drift.",
    series: [
      { name: "logits/chosen", label: "chosen" },
      { name: "logits/rejected", label: "rejected" },
    ],
  },
  {
    title: "Distance from the reference",
    about:
      "In nats per completion. Below 0, chosen completions have become less likely than they were under the reference, which is DPO's warning sign. KL is estimated on the batch's completions: read its trend, not its value.",
    series: [
      { name: "logps/chosenDrift", label: "drift of chosen" },
      { name: "sequenceKl", label: "KL" },
    ],
  },
  {
    title: "ORPO's odds",
    about:
      "Log odds of chosen minus log odds of rejected, and the log-sigmoid of that difference, which training increases.",
    series: [
      { name: "log_odds_chosen", label: "log odds" },
      { name: "log_odds_ratio", label: "log-sigmoid" },
    ],
  },
  {
    title: "Scores",
    about: "Lowest, mean and highest score of the batch's completions. Scores far from 0 call for centering.",
    series: [
      { name: "min_reward", label: "lowest" },
      { name: "mean_reward", label: "mean" },
      { name: "max_reward", label: "highest" },
    ],
  },
  {
    title: "Learning rate",
    within: [0, "auto"],
    about: "The step size, after warm-up and schedule.",
    series: [{ name: "learningRate", label: "rate" }],
  },
];

/** Shown before any figure has come. */
const FIRST_CHARTS = CHARTS.filter(({ title }) => ["Loss", "Accuracy", "Margin", "Tokens per second"].includes(title));

/** Counts: of tokens for the comparison of runs, of pairs for those who read a share. As curves they say nothing. */
const NOT_DRAWN = ["tokens", ...STRENGTH_BUCKETS.map(({ key }) => evalPairsOf(key))];

/** What no chart above names, each on its own: a method's new figures are seen before somebody places them. */
function chartsOfTheRest(known: readonly Chart[], points: MetricPoints): Chart[] {
  const placed = new Set([...NOT_DRAWN, ...known.flatMap(({ series }) => series.map(({ name }) => name))]);
  return [...points.keys()]
    .filter((name) => !placed.has(name))
    .sort()
    .map((name) => {
      const { title, meaning } = meaningOfMetric(name) ?? { title: name, meaning: name };
      return { title, about: meaning, series: [{ name, label: "value", sparse: /^eval/.test(name) }] };
    });
}

/** The step at which the validation loss was lowest, and whether the run, or an ensemble's newest member, went on past it. */
function validationMark(points: MetricPoints, members: readonly MemberSteps[]): { step: number; text: string } | null {
  const losses = points.get("evalLoss") ?? new Map<number, number>();
  const part = members.findLast((one) => [...losses.keys()].some((step) => isIn(one, step)));
  const lowest = part && lowestValidation(new Map([...losses].filter(([step]) => isIn(part, step))));
  if (!lowest) return null;
  const { step, value, last } = lowest;
  const whose = members.length > 1 ? `Member ${part.member}: validation` : "Validation";
  const text =
    last <= value
      ? `${whose} is at its best so far (${formatNumber(value)}).`
      : formatNumber(last) === formatNumber(value)
        ? `${whose} was best at step ${step} (${formatNumber(value)}); it is practically unchanged since.`
        : `${whose} was best at step ${step} (${formatNumber(value)}); it has risen to ${formatNumber(last)} since.`;
  return { step, text };
}

interface Figures {
  points: MetricPoints;
  /** Of an ensemble the parts of its members: where the next one starts anew is drawn. */
  members?: readonly MemberSteps[];
  totalSteps: number | null;
  /** Whether none are about to come; else the charts have their places before the first figures. */
  over: boolean;
}

/** The figures of a run that learns from records. */
export function RunCharts({ points, totalSteps, over, members }: Figures) {
  const shown = points.size === 0 && !over ? FIRST_CHARTS : withFigures(CHARTS, points);
  return <ChartGrid charts={shown} points={points} totalSteps={totalSteps} members={members} />;
}

/** What is watched of a run that writes its own completions. */
export const WatchedCharts = ({ points, totalSteps, over }: Figures) => (
  <ChartGrid
    charts={watchedRolloutCharts().filter((chart) => (points.size === 0 && !over) || hasFigures(chart, points))}
    points={points}
    totalSteps={totalSteps}
    stepWord="iteration"
  />
);

/** All its other figures, out of the way until they are asked for. */
export function OtherCharts({ points, totalSteps }: Omit<Figures, "over">) {
  const [opened, setOpened] = useState(false);
  const { focus } = useChartFocus();
  const watched = watchedRolloutCharts();
  const drawn = new Set(watched.flatMap(({ series }) => series.map(({ name }) => name)));
  const known = [...lookedUpRolloutCharts(points), ...CHARTS].filter(
    ({ series }) => !series.every(({ name }) => drawn.has(name)),
  );
  const rest = new Map([...points].filter(([name]) => !drawn.has(name)));
  const charts = withFigures(known, rest);
  const asked = focus !== null && charts.some(({ series }) => series.some(({ name }) => name === focus.metric));
  useEffect(() => {
    if (!asked || !focus) return;
    setOpened(true);
    // The chart is on the page after this; the link itself found nothing to go to.
    requestAnimationFrame(() => document.getElementById(chartAnchor(focus.metric))?.scrollIntoView());
  }, [asked, focus]);
  if (charts.length === 0) return null;
  return (
    <FoldedCharts title="More figures" note={plural(charts.length, "chart")} opened={opened} onToggle={setOpened}>
      <ChartGrid charts={charts} points={points} totalSteps={totalSteps} stepWord="iteration" />
    </FoldedCharts>
  );
}

const hasFigures = (chart: Chart, points: MetricPoints) => chart.series.some(({ name }) => points.has(name));

const withFigures = (known: readonly Chart[], points: MetricPoints): Chart[] => [
  ...known.filter((chart) => hasFigures(chart, points)),
  ...chartsOfTheRest(known, points),
];

function ChartGrid({
  charts,
  points,
  totalSteps,
  members = memberSteps({}, totalSteps),
  stepWord = "step",
}: {
  charts: readonly Chart[];
  points: MetricPoints;
  totalSteps: number | null;
  members?: readonly MemberSteps[] | undefined;
  stepWord?: "step" | "iteration";
}) {
  const mark = validationMark(points, members);
  if (charts.length === 0) return null;
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      {charts.map((chart) => (
        <MetricChart
          key={chart.title}
          {...chart}
          points={points}
          totalSteps={totalSteps}
          stepWord={stepWord}
          members={members}
          {...(chart.title === "Loss" && mark && { mark })}
        />
      ))}
    </div>
  );
}
