import type { Prisma } from "@/generated/prisma/client";

/** What `describeOutcome` reads of a label. */
export const outcomeSelect = {
  presentation: { orderBy: { position: "asc" }, select: { completionId: true } },
  comparison: { select: { outcome: true, strength: true, chosenCompletionId: true } },
  ranking: { select: { completionId: true, rank: true } },
  rating: { select: { completionId: true, score: true } },
  demonstration: { select: { rewriteOfCompletionId: true, completion: { select: { content: true } } } },
} as const satisfies Prisma.LabelSelect;

type Answered = Prisma.LabelGetPayload<{ select: typeof outcomeSelect }>;

const EXCERPT = 80;

/** An answer in words, with the sides as they stood on the annotator's page. */
export function describeOutcome(label: Answered): string {
  const shown = label.presentation.map(({ completionId }) => completionId);
  const { comparison, demonstration } = label;
  if (comparison) {
    if (comparison.outcome === "tie") return "tie";
    if (comparison.outcome === "both_bad") return "both bad";
    const side = shown.indexOf(comparison.chosenCompletionId ?? "") === 0 ? "left" : "right";
    return `${side} ${comparison.strength} better`;
  }
  if (demonstration) {
    const text = demonstration.completion.content;
    const excerpt = text.length > EXCERPT ? `${text.slice(0, EXCERPT - 1)}…` : text;
    return `${demonstration.rewriteOfCompletionId ? "rewrote as" : "wrote"} “${excerpt}”`;
  }
  if (label.ranking.length > 0) return describeRanking(label.ranking, shown);
  return shown.map((id, index) => `${nth(index)}: ${meanScore(label.rating, id)}`).join(", ");
}

/** "2nd > 1st = 3rd" */
function describeRanking(ranking: Answered["ranking"], shown: readonly string[]): string {
  const sorted = [...ranking].sort(
    (a, b) => a.rank - b.rank || shown.indexOf(a.completionId) - shown.indexOf(b.completionId),
  );
  return sorted
    .map(({ completionId, rank }, index) => {
      const sign = index === 0 ? "" : sorted[index - 1]?.rank === rank ? " = " : " > ";
      return sign + nth(shown.indexOf(completionId));
    })
    .join("");
}

function meanScore(rating: Answered["rating"], completionId: string): string {
  const scores = rating.filter((entry) => entry.completionId === completionId).map(({ score }) => score);
  return (scores.reduce((sum, score) => sum + score, 0) / scores.length).toFixed(1);
}

const nth = (index: number): string => ["1st", "2nd", "3rd"][index] ?? `${index + 1}th`;
