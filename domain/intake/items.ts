import type { ComparisonStrength } from "../labels/comparison";
import type { Turn } from "./turns";

/** What stands beside a prompt, as what it is. */
export type Said =
  | { kind: "prompt" }
  | { kind: "demonstration"; completion: Turn[] }
  /** `strength` by name, `margin` as a number; null where the file does not say by how much. */
  | { kind: "comparison"; chosen: Turn[]; rejected: Turn[]; margin: number | null; strength: ComparisonStrength | null }
  /** A completion with a thumb up or down. */
  | { kind: "unpaired"; completion: Turn[]; desirable: boolean }
  /** `score` from 1 to 5, whole. */
  | { kind: "rating"; completions: { turns: Turn[]; scores: { criterion: string; score: number }[] }[] }
  /** Rank 1 is best; equal ranks are ties; ranks are dense. */
  | { kind: "ranking"; completions: { turns: Turn[]; rank: number }[] };

export type SaidKind = Said["kind"];
export type Split = "train" | "validation" | "test";

/** A prompt with what is said of it. */
export interface IntakeItem {
  prompt: Turn[];
  said: Said;
  taskType: string | null;
  split: Split;
  /** Of a dataset version: records that stay in one batch. */
  groupId: string | null;
  /** What a computed reward may compare with. */
  answer: string | null;
}

/** What a row is. */
export interface IntakeRow {
  /** The format that it is written in, in words. */
  format: string;
  /** Which key became what, in the order of reading: `["instruction", "prompt"]`. */
  mapping: [field: string, role: string][];
  items: IntakeItem[];
  /** Plain text for language modelling, which is no prompt. */
  text: string | null;
  /** Keys with a value that are not read. */
  ignored: string[];
  /** What was read otherwise than it is written, each in a sentence's words. */
  remarks: string[];
}
