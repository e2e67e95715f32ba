import { bootstrap, type Estimate } from "../statistics/bootstrap";

/** One figure of a kind's agreement. */
export interface AgreementFigure {
  name: string;
  /** The meaning of the figure, for a reader who does not know it. */
  meaning: string;
  estimate: Estimate;
}

/** The labels of one task that at least two people judged. */
export type SharedTask<Label> = readonly Label[];

export const RAW_MEANING = "How often two people who labelled the same task give the same answer.";
export const ALPHA_MEANING = "1 is full agreement, 0 is what chance gives, and below 0 people disagree systematically.";

/** Makes a figure with its 95 % interval over tasks; the estimate's value is null where the statistic is undefined. */
export const figure = <Label>(
  name: string,
  meaning: string,
  tasks: readonly SharedTask<Label>[],
  statistic: (sample: readonly SharedTask<Label>[]) => number | null,
): AgreementFigure => ({ name, meaning, estimate: bootstrap(tasks, statistic) });
