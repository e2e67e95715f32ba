import type { ComparisonStrength } from "../labels/comparison";
import type { FileTask } from "./file-task";
import type { MappedRole } from "./mapped-roles";
import type { Turn } from "./turns";

/** What a file says about a prompt, by kind. */
export type Said =
  | { kind: "prompt" }
  | { kind: "demonstration"; completion: Turn[] }
  /** The preference, by name in `strength` or as a number in `margin`; null where the file does not say by how much. */
  | { kind: "comparison"; chosen: Turn[]; rejected: Turn[]; margin: number | null; strength: ComparisonStrength | null }
  /** A completion with a thumb up or down. */
  | { kind: "unpaired"; completion: Turn[]; desirable: boolean }
  /**
   * Rated completions; a `score` is a whole number from 1 to 5. A criterion's `weight` is its share of the mean relative
   * to the others, 1 where the file names none.
   */
  | { kind: "rating"; completions: { turns: Turn[]; scores: CriterionScore[] }[] }
  /** A ranking: rank 1 is best; equal ranks are ties; ranks are dense. */
  | { kind: "ranking"; completions: { turns: Turn[]; rank: number }[] };

export type CriterionScore = { criterion: string; score: number; weight?: number };
export type SaidKind = Said["kind"];
export type Split = "train" | "validation" | "test";

/** A prompt with what the file says about it. */
export interface IntakeItem {
  prompt: Turn[];
  said: Said;
  taskType: string | null;
  /** The split that the file names; null where it names none. */
  split: Split | null;
  /** The group of a dataset version's record; the records of a group stay in one batch. */
  groupId: string | null;
  /** The reference answer that a computed reward may compare with. */
  answer: string | null;
}

/** What a row was understood as. */
export interface IntakeRow {
  /** The name of the row's format, in words. */
  format: string;
  /** The keys that were read and their roles, where the format reads its rows key by key: `["instruction", "prompt"]`. */
  mapping: [field: string, role: MappedRole][];
  items: IntakeItem[];
  /** The task with its label, where the row is of one of Tuneloop's own files; the items say the same for training. */
  task: FileTask | null;
  /** The text, where the row is plain text for language modelling without a prompt. */
  text: string | null;
  /** The keys that have a value and are not read. */
  ignored: string[];
}
