import { z } from "zod";
import { gwetAc1, krippendorffAlpha, nominal, rawAgreement, sumUnits } from "../quality/agreement";
import { type AgreementMeasure, ALPHA_MEANING, RAW_MEANING } from "../quality/agreement-figure";
import { sumInOrder } from "../statistics/sum-in-order";
import type { NameOf } from "./completion-names";
import type { Conversion, KindParts, StoredAnswer } from "./kind-parts";

/** The strengths of a preference, strongest first, in the order of the keys 1–4. */
export const comparisonStrengthSchema = z.enum(["significantly", "clearly", "slightly", "negligibly"]);
export type ComparisonStrength = z.infer<typeof comparisonStrengthSchema>;

/** The margin of a preference pair by strength (unitless, 0–1). */
export const STRENGTH_MARGIN: Record<ComparisonStrength, number> = {
  significantly: 1,
  clearly: 2 / 3,
  slightly: 1 / 3,
  negligibly: 0,
};

export const comparisonSchema = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("chosen"),
    chosenCompletionId: z.uuid(),
    rejectedCompletionId: z.uuid(),
    strength: comparisonStrengthSchema,
  }),
  z.object({ outcome: z.literal("tie") }),
  z.object({ outcome: z.literal("both_bad") }),
]);
export type Comparison = z.infer<typeof comparisonSchema>;

/** Checks that a comparison chooses among the two completions of its task. Returns what is wrong, or null. */
export function comparisonProblem(comparison: Comparison, completionIds: readonly string[]): string | null {
  if (completionIds.length !== 2) return "a comparison needs a task with exactly two completions";
  if (comparison.outcome !== "chosen") return null;
  if (comparison.chosenCompletionId === comparison.rejectedCompletionId)
    return "chosen and rejected are the same completion";
  const known =
    completionIds.includes(comparison.chosenCompletionId) && completionIds.includes(comparison.rejectedCompletionId);
  return known ? null : "the choice names a completion that is not part of the task";
}

/** Writes "A clearly better". */
function describeComparison(comparison: Comparison, nameOf: NameOf): string {
  if (comparison.outcome === "tie") return "tie";
  if (comparison.outcome === "both_bad") return "both bad";
  return `${nameOf(comparison.chosenCompletionId)} ${comparison.strength} better`;
}

/** A comparison with the `margin` that its file named; where there is none, the margin follows from the strength. */
export type StoredComparison = StoredAnswer<"comparison", Comparison> & { margin?: number | null };

type Side = { chosen: string; rejected: string };
const sideOf = (label: StoredComparison): Side | null =>
  label.comparison.outcome === "chosen"
    ? { chosen: label.comparison.chosenCompletionId, rejected: label.comparison.rejectedCompletionId }
    : null;

/**
 * Turns the comparisons of one task into at most one preference pair, or two undesirable completions.
 *
 * Several annotators decide by strict majority over the four possible verdicts (left, right, tie, both bad). Where no
 * verdict has the most votes, all labels are left out as an even split. Labels of the minority are left out as
 * outvoted, so that the ledger says of each label what became of it. The margin is the mean over those who chose the
 * winning side.
 */
export function convertComparisons(labels: readonly StoredComparison[]): Conversion {
  const votes = new Map<string, StoredComparison[]>();
  for (const label of labels) {
    const verdict = sideOf(label)?.chosen ?? label.comparison.outcome;
    votes.set(verdict, [...(votes.get(verdict) ?? []), label]);
  }
  const ranked = [...votes.values()].sort((a, b) => b.length - a.length);
  const winners = ranked[0] ?? [];
  if (ranked[1] && ranked[1].length === winners.length) return leaveOut(labels, "even_split");

  const losers = ranked.slice(1).flat();
  const outvoted = leaveOut(losers, "outvoted").leftOut;
  const winner = winners[0];
  if (!winner) return { records: [], used: [], leftOut: [] };
  const side = sideOf(winner);
  const labelIds = winners.map((label) => label.id);
  if (side) {
    const margin = sumInOrder(winners.map(marginOf)) / winners.length;
    return {
      records: [
        {
          kind: "preference",
          promptId: winner.promptId,
          chosenCompletionId: side.chosen,
          rejectedCompletionId: side.rejected,
          margin,
          groupId: winner.groupId ?? null,
          labelIds,
          votes: { for: winners.length, against: losers.filter((label) => sideOf(label) !== null).length },
        },
      ],
      used: labelIds,
      leftOut: outvoted,
    };
  }
  if (winner.comparison.outcome === "tie")
    return { records: [], used: [], leftOut: [...leaveOut(winners, "tie").leftOut, ...outvoted] };
  return {
    records: winner.completionIds.map((completionId) => ({
      kind: "unpaired" as const,
      promptId: winner.promptId,
      completionId,
      desirable: false,
      groupId: null,
      labelIds,
    })),
    used: labelIds,
    leftOut: outvoted,
  };
}

const marginOf = ({ comparison, margin }: StoredComparison): number =>
  margin ?? (comparison.outcome === "chosen" ? STRENGTH_MARGIN[comparison.strength] : 0);

const leaveOut = (labels: readonly StoredComparison[], reason: "even_split" | "outvoted" | "tie"): Conversion => ({
  records: [],
  used: [],
  leftOut: labels.map((label) => ({ labelId: label.id, reason })),
});

/** Says a comparison's verdict in terms of the task's own order. */
export function verdictOf({ comparison, completionIds }: StoredComparison): (typeof VERDICTS)[number] {
  if (comparison.outcome !== "chosen") return comparison.outcome;
  return comparison.chosenCompletionId === completionIds[0] ? "first" : "second";
}

/** The verdicts, in the order of the rows and columns of a table of two people. */
export const VERDICTS = ["first", "second", "tie", "both_bad"] as const;
const scale = { values: VERDICTS, distance: nominal };

const comparisonAgreement: AgreementMeasure<StoredComparison> = {
  sums: (task) => sumUnits([task.map(verdictOf)], scale),
  figures: [
    { name: "Raw agreement", meaning: RAW_MEANING, of: rawAgreement },
    { name: "Krippendorff’s α", meaning: ALPHA_MEANING, of: (sums) => krippendorffAlpha(sums, scale) },
    {
      name: "Gwet’s AC1",
      meaning: `${ALPHA_MEANING} Stays reliable where nearly everyone gives the same answer.`,
      of: (sums) => gwetAc1(sums, scale),
    },
  ],
};

export const comparisonKind = {
  kind: "comparison",
  name: "Comparison",
  asks: "Two different completions of a prompt, side by side: which one is better?",
  completions: { least: 2, most: 2 },
  answer: comparisonSchema,
  problem: (comparison, { completionIds }) => comparisonProblem(comparison, completionIds),
  rename: (comparison, idOf) =>
    comparison.outcome === "chosen"
      ? {
          ...comparison,
          chosenCompletionId: idOf(comparison.chosenCompletionId),
          rejectedCompletionId: idOf(comparison.rejectedCompletionId),
        }
      : comparison,
  describe: describeComparison,
  best: (comparison) => (comparison.outcome === "chosen" ? [comparison.chosenCompletionId] : []),
  convert: convertComparisons,
  agreement: comparisonAgreement,
} satisfies KindParts<"comparison", Comparison>;
