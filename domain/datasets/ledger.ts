import { z } from "zod";

/** The reasons why a label did not become a record. */
export const leftOutReasonSchema = z.enum([
  "superseded",
  "withdrawn",
  "excluded_label",
  "excluded_task",
  "excluded_annotator",
  "archived_prompt",
  "tie",
  "even_split",
  "outvoted",
  "no_strict_order",
  "below_threshold",
]);
export type LeftOutReason = z.infer<typeof leftOutReasonSchema>;

/** The words for each reason on the sheet and on the version's page. */
export const LEFT_OUT_WORDS: Record<LeftOutReason, string> = {
  superseded: "corrected by a later label",
  withdrawn: "taken back by its annotator",
  excluded_label: "excluded by an admin",
  excluded_task: "its task is excluded",
  excluded_annotator: "the annotator's labels are excluded",
  archived_prompt: "its prompt is archived",
  tie: "a tie gives no pair",
  even_split: "annotators split evenly",
  outvoted: "outvoted by the majority",
  no_strict_order: "no completion is ranked above another",
  below_threshold: "scores are too close together and too close to the middle",
};

export interface Ledger {
  exported: number;
  used: number;
  leftOut: { reason: LeftOutReason; count: number }[];
}

/** Sums the entries. The identity *exported = used + left out* holds by construction, and the caller checks it. */
export function sumLedger(entries: readonly { used: boolean; reason: LeftOutReason | null }[]): Ledger {
  const counts = new Map<LeftOutReason, number>();
  for (const entry of entries)
    if (!entry.used && entry.reason) counts.set(entry.reason, (counts.get(entry.reason) ?? 0) + 1);
  return {
    exported: entries.length,
    used: entries.filter((entry) => entry.used).length,
    leftOut: [...counts]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason)),
  };
}
