import { z } from "zod";
import type { Ranking } from "@/domain/labels/ranking";

/** Tiers from best to worst; completions in one tier are tied. */
export const rankingAnswerSchema = z.object({ tiers: z.array(z.array(z.string()).min(1)), decided: z.boolean() });
export type RankingAnswer = z.infer<typeof rankingAnswerSchema>;

/** Starts in the shown order, which means nothing until the annotator has moved something or confirmed it. */
export const startRanking = (completionIds: readonly string[]): RankingAnswer => ({
  tiers: completionIds.map((id) => [id]),
  decided: false,
});

export const orderOf = (answer: RankingAnswer): string[] => answer.tiers.flat();

const tierOf = (answer: RankingAnswer, id: string): number => answer.tiers.findIndex((tier) => tier.includes(id));

/** One place towards the best (−1) or the worst (+1). Leaving a tie counts as a move; at the ends nothing happens. */
export function move(answer: RankingAnswer, id: string, direction: -1 | 1): RankingAnswer {
  const at = tierOf(answer, id);
  const tier = answer.tiers[at];
  if (!tier) return answer;
  const tiers = answer.tiers.map((one) => [...one]);
  if (tier.length > 1) {
    tiers[at] = tier.filter((other) => other !== id);
    tiers.splice(direction < 0 ? at : at + 1, 0, [id]);
    return { tiers, decided: true };
  }
  const to = at + direction;
  if (to < 0 || to >= tiers.length) return answer;
  tiers.splice(at, 1);
  tiers.splice(to, 0, [id]);
  return { tiers, decided: true };
}

/** Ties with the tier above, or leaves the tie downwards. */
export function toggleTie(answer: RankingAnswer, id: string): RankingAnswer {
  const at = tierOf(answer, id);
  if ((answer.tiers[at]?.length ?? 0) > 1) return move(answer, id, 1);
  const above = answer.tiers[at - 1];
  if (!above) return answer;
  const tiers = answer.tiers.map((tier, index) => (index === at - 1 ? [...tier, id] : tier));
  tiers.splice(at, 1);
  return { tiers, decided: true };
}

/** Puts a completion where another one stands, as a tier of its own (the end of a drag). */
export function place(answer: RankingAnswer, id: string, targetId: string): RankingAnswer {
  if (id === targetId) return answer;
  const order = orderOf(answer);
  const downwards = order.indexOf(id) < order.indexOf(targetId);
  const rest = answer.tiers.map((tier) => tier.filter((other) => other !== id)).filter((tier) => tier.length > 0);
  const target = rest.findIndex((tier) => tier.includes(targetId));
  return {
    tiers: [...rest.slice(0, target + (downwards ? 1 : 0)), [id], ...rest.slice(target + (downwards ? 1 : 0))],
    decided: true,
  };
}

export const confirmOrder = (answer: RankingAnswer): RankingAnswer => ({ ...answer, decided: true });

/** Dense ranks from 1; null while the order is only the one in which the completions were shown. */
export function rankingOf(answer: RankingAnswer): Ranking | null {
  if (!answer.decided) return null;
  return {
    ranks: answer.tiers.flatMap((tier, index) => tier.map((completionId) => ({ completionId, rank: index + 1 }))),
  };
}

/** The answer that a given ranking stands for: a tier for each rank. */
export function draftOfRanking({ ranks }: Ranking): RankingAnswer {
  const best = [...new Set(ranks.map(({ rank }) => rank))].sort((a, b) => a - b);
  const tier = (rank: number) => ranks.filter((entry) => entry.rank === rank).map(({ completionId }) => completionId);
  return { tiers: best.map(tier), decided: true };
}
