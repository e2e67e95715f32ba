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

/** Sums entries as they go by. The identity *exported = used + left out* holds by construction. */
export class LedgerCounter {
  private exported = 0;
  private used = 0;
  private readonly leftOut = new Map<LeftOutReason, number>();

  add(entries: Iterable<{ used: boolean; reason: LeftOutReason | null }>): void {
    for (const { used, reason } of entries) {
      this.exported += 1;
      if (used) this.used += 1;
      else if (reason) this.leftOut.set(reason, (this.leftOut.get(reason) ?? 0) + 1);
    }
  }

  sum(): Ledger {
    return {
      exported: this.exported,
      used: this.used,
      leftOut: [...this.leftOut]
        .map(([reason, count]) => ({ reason, count }))
        .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason)),
    };
  }
}
