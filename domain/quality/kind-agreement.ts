import type { ConvertibleLabel } from "../labels/convert";
import { bootstrap, type Estimate } from "../statistics/bootstrap";
import { gwetAc1, interval, kendallTau, krippendorffAlpha, nominal, type Ratings, rawAgreement } from "./agreement";

/** One figure of a kind's agreement. */
export interface AgreementFigure {
  name: string;
  /** What it says, for who does not know it. */
  meaning: string;
  estimate: Estimate;
}

export interface KindAgreement {
  kind: ConvertibleLabel["kind"];
  labels: number;
  /** Tasks that at least two people judged: what the figures rest on. */
  sharedTasks: number;
  figures: AgreementFigure[];
}

type Task<Label> = readonly Label[];
type Of<Kind extends ConvertibleLabel["kind"]> = Extract<ConvertibleLabel, { kind: Kind }>;

const RAW = "Of two people who judged the same, how often they say the same.";
const ALPHA = "1 is full agreement, 0 what chance gives, below 0 systematic disagreement.";

/** How far people agree, kind by kind; each figure with a 95 % interval over tasks, and null where it is undefined. */
export function agreementByKind(labels: readonly ConvertibleLabel[]): KindAgreement[] {
  return [
    summarise(ofKind(labels, "comparison"), comparisonFigures),
    summarise(ofKind(labels, "ranking"), rankingFigures),
    summarise(ofKind(labels, "rating"), ratingFigures),
    summarise(ofKind(labels, "demonstration"), () => []), // two texts neither agree nor disagree
  ].flatMap((summary) => summary ?? []);
}

function ofKind<Kind extends ConvertibleLabel["kind"]>(labels: readonly ConvertibleLabel[], kind: Kind): Of<Kind>[] {
  return labels.filter((label): label is Of<Kind> => label.kind === kind);
}

function summarise<Label extends ConvertibleLabel>(
  labels: readonly Label[],
  figures: (tasks: Task<Label>[]) => AgreementFigure[],
): KindAgreement | null {
  const [first] = labels;
  if (!first) return null;
  const shared = sharedTasks(labels);
  return { kind: first.kind, labels: labels.length, sharedTasks: shared.length, figures: figures(shared) };
}

/** The labels of each task that at least two people judged. */
export function sharedTasks<Label extends { taskId: string }>(labels: readonly Label[]): Task<Label>[] {
  const byTask = new Map<string, Label[]>();
  for (const label of labels) byTask.set(label.taskId, [...(byTask.get(label.taskId) ?? []), label]);
  return [...byTask.values()].filter((task) => task.length > 1);
}

/** What a comparison says, in terms of the task's own order. */
export function verdictOf({ comparison, completionIds }: Of<"comparison">): "first" | "second" | "tie" | "both_bad" {
  if (comparison.outcome !== "chosen") return comparison.outcome;
  return comparison.chosenCompletionId === completionIds[0] ? "first" : "second";
}
const VERDICTS = 4;

function comparisonFigures(tasks: Task<Of<"comparison">>[]): AgreementFigure[] {
  const units = (sample: readonly Task<Of<"comparison">>[]) => sample.map((task) => task.map(verdictOf));
  return [
    figure("Raw agreement", RAW, tasks, (sample) => rawAgreement(units(sample))),
    figure("Krippendorff’s α", ALPHA, tasks, (sample) => krippendorffAlpha(units(sample), nominal)),
    figure("Gwet’s AC1", `${ALPHA} Holds where nearly all say the same.`, tasks, (sample) =>
      gwetAc1(units(sample), VERDICTS),
    ),
  ];
}

/** For each pair of a task's completions, which one each person puts first. */
function orderUnits(task: Task<Of<"ranking">>): Ratings<number>[] {
  const ids = task[0]?.completionIds ?? [];
  const ranks = task.map(({ ranking }) => new Map(ranking.ranks.map((entry) => [entry.completionId, entry.rank])));
  return ids.flatMap((a, i) =>
    ids.slice(i + 1).map((b) => ranks.map((rank) => Math.sign((rank.get(a) ?? 0) - (rank.get(b) ?? 0)))),
  );
}

function rankingFigures(tasks: Task<Of<"ranking">>[]): AgreementFigure[] {
  const units = (sample: readonly Task<Of<"ranking">>[]) => sample.flatMap(orderUnits);
  return [
    figure("Raw agreement on pairs", RAW, tasks, (sample) => rawAgreement(units(sample))),
    figure("Krippendorff’s α on pairs", ALPHA, tasks, (sample) => krippendorffAlpha(units(sample), nominal)),
    figure("Kendall’s τ", "1 the same order, −1 the opposite one; mean over pairs of people.", tasks, meanTau),
  ];
}

function meanTau(tasks: readonly Task<Of<"ranking">>[]): number | null {
  const taus = tasks.flatMap((task) => {
    const ids = task[0]?.completionIds ?? [];
    const ranks = task.map(({ ranking }) =>
      ids.map((id) => ranking.ranks.find(({ completionId }) => completionId === id)?.rank ?? 0),
    );
    return ranks.flatMap((one, i) => ranks.slice(i + 1).flatMap((two) => kendallTau(one, two) ?? []));
  });
  return taus.length === 0 ? null : taus.reduce((sum, tau) => sum + tau, 0) / taus.length;
}

/** For each completion and criterion, the scores it got. */
function scoreUnits(task: Task<Of<"rating">>): Ratings<number>[] {
  const cells = new Map<string, number[]>();
  for (const { rating } of task)
    for (const { completionId, criterionId, score } of rating.scores) {
      const cell = `${completionId} ${criterionId}`;
      cells.set(cell, [...(cells.get(cell) ?? []), score]);
    }
  return [...cells.values()];
}

function ratingFigures(tasks: Task<Of<"rating">>[]): AgreementFigure[] {
  const units = (sample: readonly Task<Of<"rating">>[]) => sample.flatMap(scoreUnits);
  return [
    figure("Raw agreement", `${RAW} To the step.`, tasks, (sample) => rawAgreement(units(sample))),
    figure("Krippendorff’s α, interval", `${ALPHA} A step apart counts little.`, tasks, (sample) =>
      krippendorffAlpha(units(sample), interval),
    ),
  ];
}

const figure = <Label>(
  name: string,
  meaning: string,
  tasks: readonly Task<Label>[],
  statistic: (sample: readonly Task<Label>[]) => number | null,
): AgreementFigure => ({ name, meaning, estimate: bootstrap(tasks, statistic) });
