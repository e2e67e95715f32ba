import type { ComparisonStrength } from "../labels/comparison";
import type { Message } from "../messages";

/** Where a completion came from in the project that wrote the file. */
export const FILE_ORIGINS = ["person", "generation", "imported", "probe"] as const;
export type FileOrigin = (typeof FILE_ORIGINS)[number];

/** A completion as Tuneloop's own files hold it. */
export interface FileCompletion {
  /** The completion's id in the project that wrote the file; null where the file names none. */
  id: string | null;
  content: string;
  /** False where the token limit cut the completion. */
  finished: boolean;
  origin: FileOrigin | null;
  /** The name of the model version that wrote the completion; null where no model did, or none is known. */
  model: string | null;
}

/** A criterion of a task's rubric. */
export interface FileCriterion {
  name: string;
  weight: number;
  description: string;
  /** The meanings of the scores from 1 to 5. */
  steps: string[];
}

/** An answer in which completions and criteria are named by their places in the task, from 0. */
export type FileAnswer =
  | { kind: "comparison"; outcome: "tie" | "both_bad" }
  | {
      kind: "comparison";
      outcome: "chosen";
      chosen: number;
      rejected: number;
      strength: ComparisonStrength;
      /** The margin that an earlier file named; null where it follows from the strength. */
      margin: number | null;
    }
  | { kind: "ranking"; ranks: number[] }
  | { kind: "rating"; scores: { completion: number; criterion: number; score: number }[] }
  | {
      kind: "demonstration";
      completion: FileCompletion;
      turns: Message[];
      trainOnAllTurns: boolean;
      /** The place of the completion that the demonstration rewrites. */
      rewriteOf: number | null;
    };

export type FileKind = FileAnswer["kind"];

/** What one person said of the task. */
export interface FileLabel {
  /** The label's id in the project that wrote the file; null where the file names none. */
  id: string | null;
  /** The person, as the file names them. Whoever is meant, an import never makes the label one of an account here. */
  annotator: { id: string | null; name: string | null };
  answer: FileAnswer;
  note: string | null;
  flagged: boolean;
  durationMs: number | null;
  /** ISO 8601. */
  createdAt: string | null;
  /** The places of the completions in the order in which they stood on the person's page. */
  shownOrder: number[];
  /** The reason for which the label was kept out of dataset versions; null where it was not. */
  excluded: string | null;
}

/** A task as Tuneloop's own files hold it, with the label that the row gives it or, for an open task, without one. */
export interface FileTask {
  kind: FileKind;
  /** The task's id in the project that wrote the file, by which several labels are labels of one task. */
  id: string | null;
  /** The group that pairs of one file form without being of one task. */
  groupId: string | null;
  prompt: Message[];
  completions: FileCompletion[];
  rubric: FileCriterion[] | null;
  requiredLabels: number;
  priority: number;
  archived: boolean;
  label: FileLabel | null;
}
