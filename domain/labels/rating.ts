import { z } from "zod";
import type { DatasetRecord, Votes } from "../datasets/records";
import { interval, krippendorffAlpha, type Ratings, rawAgreement, sumUnits } from "../quality/agreement";
import { type AgreementMeasure, ALPHA_MEANING, RAW_MEANING, type SharedTask } from "../quality/agreement-figure";
import { sumInOrder } from "../statistics/sum-in-order";
import type { NameOf } from "./completion-names";
import type { Conversion, KindParts, StoredAnswer } from "./kind-parts";

export const ratingSchema = z.object({
  scores: z
    .array(z.object({ completionId: z.uuid(), criterionId: z.uuid(), score: z.number().int().min(1).max(5) }))
    .min(1),
});
export type Rating = z.infer<typeof ratingSchema>;

/** Two completions become a pair from this gap of their weighted means on (scale 1–5). */
export const PAIR_GAP = 1;
/** A completion with at least this weighted mean is desirable. */
export const DESIRABLE_FROM = 4;
/** A completion with at most this weighted mean is undesirable. */
export const UNDESIRABLE_TO = 2;

/** Checks that every completion has exactly one score on every criterion. Returns what is wrong, or null. */
export function ratingProblem(
  { scores }: Rating,
  completionIds: readonly string[],
  criterionIds: readonly string[],
): string | null {
  const cells = new Set(scores.map((entry) => `${entry.completionId} ${entry.criterionId}`));
  if (cells.size !== scores.length) return "a completion is scored twice on one criterion";
  const complete = completionIds.every((completion) =>
    criterionIds.every((criterion) => cells.has(`${completion} ${criterion}`)),
  );
  return complete && cells.size === completionIds.length * criterionIds.length
    ? null
    : "a rating scores every completion of its task on every criterion of the rubric";
}

/** Writes "A 3.5, B 4.0": the plain mean over criteria of each completion, in the order of their names. */
function describeRating({ scores }: Rating, nameOf: NameOf): string {
  return [...new Set(scores.map(({ completionId }) => completionId))]
    .map((id) => {
      const given = scores.filter(({ completionId }) => completionId === id).map(({ score }) => score);
      return `${nameOf(id)} ${(given.reduce((sum, score) => sum + score, 0) / given.length).toFixed(1)}`;
    })
    .sort()
    .join(", ");
}

/** A rating with the `weights` of its rubric's criteria, by id. */
export type StoredRating = StoredAnswer<"rating", Rating> & { weights: Record<string, number> };

/** Averages the scores of a completion (1–5), weighted by criterion. Weights that sum to nothing count as equal. */
export function weightedMean(
  scores: readonly { criterionId: string; score: number }[],
  weights: Record<string, number>,
): number {
  const total = sumInOrder(scores.map(({ criterionId }) => weights[criterionId] ?? 0));
  if (total <= 0) return scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
  return sumInOrder(scores.map(({ criterionId, score }) => (weights[criterionId] ?? 0) * score)) / total;
}

/**
 * Turns the ratings of one task into records. The mean over annotators of each completion's weighted mean decides: two
 * completions that differ by at least 1 become a pair (margin = gap ÷ 4), and a completion is desirable from 4 and
 * undesirable up to 2.
 */
export function convertRatings(labels: readonly StoredRating[]): Conversion {
  const first = labels[0];
  if (!first) return { records: [], used: [], leftOut: [] };
  const labelIds = labels.map((label) => label.id);
  const means = first.completionIds.map((completionId) => {
    const perAnnotator = labels.map((label) =>
      weightedMean(
        label.rating.scores.filter((entry) => entry.completionId === completionId),
        label.weights,
      ),
    );
    const mean = sumInOrder(perAnnotator) / perAnnotator.length;
    return { completionId, mean, perAnnotator };
  });
  const groupId = first.groupId ?? first.taskId;
  const records: DatasetRecord[] = [];
  for (let i = 0; i < means.length; i++) {
    for (let j = i + 1; j < means.length; j++) {
      const [a, b] = [means[i], means[j]];
      if (!a || !b || Math.abs(a.mean - b.mean) < PAIR_GAP) continue;
      const [chosen, rejected] = a.mean > b.mean ? [a, b] : [b, a];
      records.push({
        kind: "preference",
        promptId: first.promptId,
        chosenCompletionId: chosen.completionId,
        rejectedCompletionId: rejected.completionId,
        margin: (chosen.mean - rejected.mean) / 4,
        groupId,
        labelIds,
        votes: votesOf(chosen.perAnnotator, rejected.perAnnotator),
      });
    }
  }
  for (const { completionId, mean } of means) {
    if (mean >= DESIRABLE_FROM || mean <= UNDESIRABLE_TO)
      records.push({
        kind: "unpaired",
        promptId: first.promptId,
        completionId,
        desirable: mean >= DESIRABLE_FROM,
        groupId,
        labelIds,
      });
  }
  return records.length > 0
    ? { records, used: labelIds, leftOut: [] }
    : { records, used: [], leftOut: labelIds.map((labelId) => ({ labelId, reason: "below_threshold" as const })) };
}

function votesOf(chosen: readonly number[], rejected: readonly number[]): Votes {
  const gaps = chosen.map((mean, annotator) => mean - (rejected[annotator] ?? mean));
  return { for: gaps.filter((gap) => gap > 0).length, against: gaps.filter((gap) => gap < 0).length };
}

/** Collects, for each completion and criterion, the scores that people gave. */
function scoreUnits(task: SharedTask<StoredRating>): Ratings<number>[] {
  const cells = new Map<string, number[]>();
  for (const { rating } of task)
    for (const { completionId, criterionId, score } of rating.scores) {
      const cell = `${completionId} ${criterionId}`;
      cells.set(cell, [...(cells.get(cell) ?? []), score]);
    }
  return [...cells.values()];
}

const scale = { values: [1, 2, 3, 4, 5], distance: interval };

const ratingAgreement: AgreementMeasure<StoredRating> = {
  sums: (task) => sumUnits(scoreUnits(task), scale),
  figures: [
    { name: "Raw agreement", meaning: `${RAW_MEANING} Only equal scores count as the same.`, of: rawAgreement },
    {
      name: "Krippendorff’s α, interval",
      meaning: `${ALPHA_MEANING} A near miss counts as a small disagreement.`,
      of: (sums) => krippendorffAlpha(sums, scale),
    },
  ],
};

export const ratingKind = {
  kind: "rating",
  name: "Rating",
  asks: "Up to four completions of a prompt, each scored on every criterion of the rubric.",
  completions: { least: 1, most: 4 },
  answer: ratingSchema,
  problem: (rating, { completionIds, criterionIds }) =>
    criterionIds ? ratingProblem(rating, completionIds, criterionIds) : "its task has no rubric",
  rename: ({ scores }, idOf) => ({
    scores: scores.map((entry) => ({ ...entry, completionId: idOf(entry.completionId) })),
  }),
  describe: describeRating,
  convert: convertRatings,
  agreement: ratingAgreement,
} satisfies KindParts<"rating", Rating, StoredRating>;
