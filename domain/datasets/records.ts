/**
 * The records of a dataset version, before their text is joined to them. Preference pairs are derived from comparisons,
 * rankings and ratings when a version is taken; they are never stored as labels.
 */
export interface PreferenceRecord {
  kind: "preference";
  promptId: string;
  chosenCompletionId: string;
  rejectedCompletionId: string;
  /** The margin, from 0 (negligibly better) to 1 (significantly better). */
  margin: number;
  /** The pairs that share a group came from one label and stay in one batch. */
  groupId: string | null;
  labelIds: string[];
  votes: Votes;
}

/** The number of annotators who put the chosen completion above the rejected one, and of those who did the reverse. */
export interface Votes {
  for: number;
  against: number;
}

export interface DemonstrationRecord {
  kind: "demonstration";
  promptId: string;
  completionId: string;
  /** The turns between the prompt and the completion, where the demonstration is a conversation. */
  turns: { role: "user" | "assistant" | "system"; content: string }[];
  trainOnAllTurns: boolean;
  groupId: null;
  labelIds: string[];
}

export interface UnpairedRecord {
  kind: "unpaired";
  promptId: string;
  completionId: string;
  desirable: boolean;
  groupId: string | null;
  labelIds: string[];
}

export type DatasetRecord = PreferenceRecord | DemonstrationRecord | UnpairedRecord;
export type RecordKind = DatasetRecord["kind"];
