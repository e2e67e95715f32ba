import type { Estimate } from "../statistics/bootstrap";

/** One figure of a kind's agreement. */
export interface AgreementFigure {
  name: string;
  /** The meaning of the figure, for a reader who does not know it. */
  meaning: string;
  estimate: Estimate;
}

/** The labels of one task that at least two people judged. */
export type SharedTask<Label> = readonly Label[];

/** The way in which a kind's agreement is measured, from sums over tasks. */
export interface AgreementMeasure<Label> {
  /** What a task adds to the sums; its length is always the same. */
  sums(task: SharedTask<Label>): number[];
  figures: {
    name: string;
    meaning: string;
    /** The figure of these sums; null where it is undefined. */
    of(sums: readonly number[]): number | null;
  }[];
}

export const RAW_MEANING = "How often two people who labelled the same task give the same answer.";
export const ALPHA_MEANING = "1 is full agreement, 0 is what chance gives, and below 0 people disagree systematically.";
