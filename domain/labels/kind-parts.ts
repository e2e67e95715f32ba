import type { z } from "zod";
import type { LeftOutReason } from "../datasets/ledger";
import type { DatasetRecord } from "../datasets/records";
import type { AgreementMeasure } from "../quality/agreement-figure";
import type { NameOf } from "./completion-names";

/**
 * The part of a label that every kind has. Only live labels are converted: superseded, withdrawn and excluded ones are
 * sorted out before.
 */
export interface StoredLabel {
  id: string;
  taskId: string;
  promptId: string;
  annotatorId: string;
  /** The group that a file gave to the label's pair or thumb; null or absent where the task itself is the group. */
  groupId?: string | null;
  /** The completions of the task, in the task's own order. */
  completionIds: string[];
}

/** An answer with its kind, in the form in which it is sent and kept: `{kind: "rating", rating: {…}}`. */
export type KindAnswer<Kind extends string, Answer> = { kind: Kind } & { [K in Kind]: Answer };

/** A live label of one kind as it goes into a snapshot. */
export type StoredAnswer<Kind extends string, Answer> = StoredLabel & KindAnswer<Kind, Answer>;

/** The result of converting the labels of one task. `used` and `leftOut` together name each label exactly once. */
export interface Conversion {
  records: DatasetRecord[];
  used: string[];
  leftOut: { labelId: string; reason: LeftOutReason }[];
}

/** The parts of a task that an answer is checked against. */
export interface AnsweredTask {
  completionIds: readonly string[];
  /** The criteria of the task's rubric; null where the task has none. */
  criterionIds: readonly string[] | null;
}

/** All that the domain knows of a label kind. Each kind's module has one such object, and `kinds.ts` lists them. */
export interface KindParts<Kind extends string, Answer, Stored = StoredAnswer<Kind, Answer>> {
  kind: Kind;
  /** The kind's name on pages. */
  name: string;
  /** What the task asks people for, as an admin reads it. */
  asks: string;
  /** The least and the most different completions that a task can have. */
  completions: { least: number; most: number };
  /** The schema of what an annotator sends. */
  answer: z.ZodType<Answer>;
  /**
   * Says what is wrong with an answer to this task, in words that follow "This answer can't be kept:"; null where it
   * fits.
   */
  problem(answer: Answer, task: AnsweredTask): string | null;
  /** Says the same answer of completions that have other ids, where `idOf` gives the new id for the old one. */
  rename(answer: Answer, idOf: (completionId: string) => string): Answer;
  /** Says the answer in a few words for a list; `nameOf` names the task's completions. */
  describe(answer: Answer, nameOf: NameOf): string;
  /** Names the completions that the answer finds the best; a kind that has no best one leaves this out. */
  best?(answer: Answer): string[];
  /** Turns the labels of one task into records. */
  convert(labels: readonly Stored[]): Conversion;
  /** Says how to measure how far people agree on tasks that several judged, or why that is undefined for this kind. */
  agreement: AgreementMeasure<Stored> | { undefinedBecause: string };
}
