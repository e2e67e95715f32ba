import type { z } from "zod";
import type { LeftOutReason } from "../datasets/ledger";
import type { DatasetRecord } from "../datasets/records";
import type { AgreementFigure, SharedTask } from "../quality/agreement-figure";

/** What every kind of label carries into the conversion. Only live labels come here: superseded, withdrawn and excluded ones are sorted out before. */
export interface StoredLabel {
  id: string;
  taskId: string;
  promptId: string;
  annotatorId: string;
  /** The completions of the task, in the task's own order. */
  completionIds: string[];
}

/** An answer with its kind, in the form in which it is sent and kept: `{kind: "rating", rating: {…}}`. */
export type KindAnswer<Kind extends string, Answer> = { kind: Kind } & { [K in Kind]: Answer };

/** A live label of one kind as it goes into a snapshot. */
export type StoredAnswer<Kind extends string, Answer> = StoredLabel & KindAnswer<Kind, Answer>;

/** What the labels of one task became: `used` and `leftOut` together name each label exactly once. */
export interface Conversion {
  records: DatasetRecord[];
  used: string[];
  leftOut: { labelId: string; reason: LeftOutReason }[];
}

/** What an answer is checked against. */
export interface AnsweredTask {
  completionIds: readonly string[];
  /** The criteria of the task's rubric; null where the task has none. */
  criterionIds: readonly string[] | null;
}

/** All that the domain knows of a label kind: one such object in each kind's module, listed in `kinds.ts`. */
export interface KindParts<Kind extends string, Answer, Stored = StoredAnswer<Kind, Answer>> {
  kind: Kind;
  /** The kind's name on pages. */
  name: string;
  /** What an admin who makes tasks of this kind asks people for. */
  asks: string;
  /** How many different completions a task needs, and how many it takes. */
  completions: { least: number; most: number };
  /** What an annotator sends. */
  answer: z.ZodType<Answer>;
  /** What is wrong with an answer to this task, in words that follow "This answer can't be kept:"; null where it fits. */
  problem(answer: Answer, task: AnsweredTask): string | null;
  /** The answer in a few words for a list; `shown` are the completions as they stood on the annotator's page. */
  describe(answer: Answer, shown: readonly string[]): string;
  /** The records that the labels of one task become. */
  convert(labels: readonly Stored[]): Conversion;
  /** How far people agree on tasks that several judged, or why that is undefined for this kind. */
  agreement: ((tasks: readonly SharedTask<Stored>[]) => AgreementFigure[]) | { undefinedBecause: string };
}

/** The place of a completion on the annotator's page: "1st". */
export const nth = (index: number): string => ["1st", "2nd", "3rd"][index] ?? `${index + 1}th`;
