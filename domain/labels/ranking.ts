import { z } from "zod";
import type { DatasetRecord } from "../datasets/records";
import { kendallTau, krippendorffAlpha, nominal, type Ratings, rawAgreement, sumUnits } from "../quality/agreement";
import { type AgreementMeasure, ALPHA_MEANING, RAW_MEANING, type SharedTask } from "../quality/agreement-figure";
import type { NameOf } from "./completion-names";
import type { Conversion, KindParts, StoredAnswer } from "./kind-parts";

export const MAX_RANKED_COMPLETIONS = 8;

/** The ranks: 1 is best; equal ranks are ties; ranks are dense (1, 2, 2, 3). */
export const rankingSchema = z.object({
  ranks: z
    .array(z.object({ completionId: z.uuid(), rank: z.number().int().min(1) }))
    .min(2)
    .max(MAX_RANKED_COMPLETIONS),
});
export type Ranking = z.infer<typeof rankingSchema>;

/**
 * Checks that each completion of the task has exactly one rank, and that no rank is left empty. Returns what is wrong,
 * or null.
 */
export function rankingProblem({ ranks }: Ranking, completionIds: readonly string[]): string | null {
  const ranked = new Set(ranks.map((entry) => entry.completionId));
  if (ranked.size !== ranks.length) return "a completion is ranked twice";
  if (ranked.size !== completionIds.length || completionIds.some((id) => !ranked.has(id)))
    return "a ranking orders exactly the completions of its task";
  const used = [...new Set(ranks.map((entry) => entry.rank))].sort((a, b) => a - b);
  return used.every((rank, index) => rank === index + 1) ? null : "ranks are 1, 2, 3 … without a gap";
}

/** Writes "B > A = C". */
function describeRanking({ ranks }: Ranking, nameOf: NameOf): string {
  const sorted = ranks
    .map(({ completionId, rank }) => ({ name: nameOf(completionId), rank }))
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  return sorted
    .map(({ name, rank }, index) => {
      const sign = index === 0 ? "" : sorted[index - 1]?.rank === rank ? " = " : " > ";
      return sign + name;
    })
    .join("");
}

export type StoredRanking = StoredAnswer<"ranking", Ranking>;

/**
 * Turns every strictly ordered pair of completions into a preference pair with the margin rank gap ÷ (K − 1). All pairs
 * of one task share a group.
 *
 * Where several annotators ranked, each pair goes to the side that more of them ranked higher, with the mean signed gap
 * of all as its margin. A pair on which they split evenly gives no record. A label counts as used when it agrees with
 * at least one of the task's records.
 */
export function convertRankings(labels: readonly StoredRanking[]): Conversion {
  const first = labels[0];
  if (!first) return { records: [], used: [], leftOut: [] };
  const ids = first.completionIds;
  const ranks = labels.map((label) => new Map(label.ranking.ranks.map((entry) => [entry.completionId, entry.rank])));
  const records: DatasetRecord[] = [];
  const used = new Set<string>();
  let splitPairs = 0;
  for (let i = 0; i < ids.length; i++) {
    for (let j = i + 1; j < ids.length; j++) {
      const [a, b] = [ids[i] as string, ids[j] as string];
      const gaps = ranks.map((rank) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0)); // a positive sum ranks a above b
      const preferA = gaps.filter((gap) => gap > 0).length;
      const preferB = gaps.filter((gap) => gap < 0).length;
      if (preferA === preferB) {
        if (preferA > 0) splitPairs += 1;
        continue;
      }
      const sign = preferA > preferB ? 1 : -1;
      const meanGap = gaps.reduce((sum, gap) => sum + sign * gap, 0) / gaps.length;
      const agreeing = labels.filter((_, k) => (gaps[k] ?? 0) * sign > 0);
      for (const label of agreeing) used.add(label.id);
      records.push({
        kind: "preference",
        promptId: first.promptId,
        chosenCompletionId: sign > 0 ? a : b,
        rejectedCompletionId: sign > 0 ? b : a,
        margin: Math.max(0, meanGap) / (ids.length - 1),
        groupId: first.taskId,
        labelIds: agreeing.map((label) => label.id),
        votes: { for: agreeing.length, against: Math.min(preferA, preferB) },
      });
    }
  }
  const isStrict = (k: number) => new Set(ranks[k]?.values()).size > 1;
  return {
    records,
    used: labels.filter((label) => used.has(label.id)).map((label) => label.id),
    leftOut: labels.flatMap((label, k) =>
      used.has(label.id)
        ? []
        : [
            {
              labelId: label.id,
              reason: !isStrict(k)
                ? ("no_strict_order" as const)
                : records.length === 0 && splitPairs > 0
                  ? ("even_split" as const)
                  : ("outvoted" as const),
            },
          ],
    ),
  };
}

/** Finds, for each pair of a task's completions, which one each person put first. */
function orderUnits(task: SharedTask<StoredRanking>): Ratings<number>[] {
  const ids = task[0]?.completionIds ?? [];
  const ranks = task.map(({ ranking }) => new Map(ranking.ranks.map((entry) => [entry.completionId, entry.rank])));
  return ids.flatMap((a, i) =>
    ids.slice(i + 1).map((b) => ranks.map((rank) => Math.sign((rank.get(a) ?? 0) - (rank.get(b) ?? 0)))),
  );
}

/** Sums Kendall's τ over all pairs of people, and counts the pairs for which it is defined. */
function sumTaus(task: SharedTask<StoredRanking>): [number, number] {
  const ids = task[0]?.completionIds ?? [];
  const ranks = task.map(({ ranking }) =>
    ids.map((id) => ranking.ranks.find(({ completionId }) => completionId === id)?.rank ?? 0),
  );
  const taus = ranks.flatMap((one, i) => ranks.slice(i + 1).flatMap((two) => kendallTau(one, two) ?? []));
  return [taus.length, taus.reduce((sum, tau) => sum + tau, 0)];
}

const scale = { values: [-1, 0, 1], distance: nominal };

const rankingAgreement: AgreementMeasure<StoredRanking> = {
  sums: (task) => [...sumTaus(task), ...sumUnits(orderUnits(task), scale)],
  figures: [
    { name: "Raw agreement on pairs", meaning: RAW_MEANING, of: ([, , ...sums]) => rawAgreement(sums) },
    {
      name: "Krippendorff’s α on pairs",
      meaning: ALPHA_MEANING,
      of: ([, , ...sums]) => krippendorffAlpha(sums, scale),
    },
    {
      name: "Kendall’s τ",
      meaning: "1 means the same order, −1 the opposite order; the mean over pairs of people.",
      of: ([count = 0, taus = 0]) => (count === 0 ? null : taus / count),
    },
  ],
};

export const rankingKind = {
  kind: "ranking",
  name: "Ranking",
  asks: "Three to eight different completions of a prompt, from best to worst.",
  completions: { least: 3, most: MAX_RANKED_COMPLETIONS },
  answer: rankingSchema,
  problem: (ranking, { completionIds }) => rankingProblem(ranking, completionIds),
  rename: ({ ranks }, idOf) => ({
    ranks: ranks.map((entry) => ({ ...entry, completionId: idOf(entry.completionId) })),
  }),
  describe: describeRanking,
  best: ({ ranks }) => ranks.flatMap(({ completionId, rank }) => (rank === 1 ? [completionId] : [])),
  convert: convertRankings,
  agreement: rankingAgreement,
} satisfies KindParts<"ranking", Ranking>;
