import type { CriterionScore, IntakeItem } from "@/domain/intake/items";
import type { Turn } from "@/domain/intake/turns";
import { DESIRABLE_FROM, PAIR_GAP, UNDESIRABLE_TO } from "@/domain/labels/rating";

/**
 * Makes the pairs of one rating or ranking, as a dataset version makes them of labels: every strictly ordered pair of a
 * ranking, margin = rank gap ÷ (K − 1); two ratings that differ by at least 1, margin = gap ÷ 4.
 */
export function pairsOfJudged({ said }: IntakeItem): { chosen: Turn[]; rejected: Turn[]; margin: number }[] {
  const judged =
    said.kind === "ranking" ? said.completions.map(({ turns, rank }) => ({ turns, worth: -rank })) : ratedOf(said);
  const least = said.kind === "ranking" ? 1 : PAIR_GAP;
  const whole = said.kind === "ranking" ? judged.length - 1 : 4;
  return judged.flatMap((first, index) =>
    judged.slice(index + 1).flatMap((second) => {
      const gap = Math.abs(first.worth - second.worth);
      if (gap < least) return [];
      const [chosen, rejected] = first.worth > second.worth ? [first, second] : [second, first];
      return [{ chosen: chosen.turns, rejected: rejected.turns, margin: gap / whole }];
    }),
  );
}

/** The completions of a rating that are clearly good or clearly bad. */
export function desirabilities({ said }: IntakeItem): { turns: Turn[]; desirable: boolean }[] {
  return ratedOf(said).flatMap(({ turns, worth }) =>
    worth >= DESIRABLE_FROM || worth <= UNDESIRABLE_TO ? [{ turns, desirable: worth >= DESIRABLE_FROM }] : [],
  );
}

/** Each completion with the mean of its scores, 1–5, weighted by criterion. */
function ratedOf(said: IntakeItem["said"]): { turns: Turn[]; worth: number }[] {
  if (said.kind !== "rating") return [];
  return said.completions.map(({ turns, scores }) => ({
    turns,
    worth: weightedScore(scores),
  }));
}

function weightedScore(scores: readonly CriterionScore[]): number {
  const total = scores.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return scores.reduce((sum, { score, weight = 1 }) => sum + weight * score, 0) / total;
}
