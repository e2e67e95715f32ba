import { z } from "zod";
import type { Rating } from "@/domain/labels/rating";

/** Scores by completion and criterion, and the cell that the next digit fills. */
export const ratingAnswerSchema = z.object({
  scores: z.record(z.string(), z.record(z.string(), z.number().int().min(1).max(5))),
  cursor: z.object({ completion: z.number().int(), criterion: z.number().int() }),
});
export type RatingAnswer = z.infer<typeof ratingAnswerSchema>;

/** The grid that an answer fills: rows are completions, columns are criteria. */
export interface RatingGrid {
  completionIds: readonly string[];
  criterionIds: readonly string[];
}

export const EMPTY_RATING: RatingAnswer = { scores: {}, cursor: { completion: 0, criterion: 0 } };

export const scoreAt = (answer: RatingAnswer, completionId: string, criterionId: string): number | null =>
  answer.scores[completionId]?.[criterionId] ?? null;

/** Moves the cursor; past the last criterion it goes on with the next completion, and stays inside the grid. */
export function moveCursor(
  answer: RatingAnswer,
  grid: RatingGrid,
  by: { completion?: number; criterion?: number },
): RatingAnswer {
  const width = grid.criterionIds.length;
  const last = grid.completionIds.length * width - 1;
  const flat =
    answer.cursor.completion * width + answer.cursor.criterion + (by.completion ?? 0) * width + (by.criterion ?? 0);
  const to = Math.min(Math.max(flat, 0), last);
  return { ...answer, cursor: { completion: Math.floor(to / width), criterion: to % width } };
}

/** A digit scores the cell under the cursor and moves on. */
export function scoreCursor(answer: RatingAnswer, grid: RatingGrid, score: number): RatingAnswer {
  const completionId = grid.completionIds[answer.cursor.completion];
  const criterionId = grid.criterionIds[answer.cursor.criterion];
  if (completionId === undefined || criterionId === undefined) return answer;
  return moveCursor(setScore(answer, completionId, criterionId, score), grid, { criterion: 1 });
}

export const setScore = (
  answer: RatingAnswer,
  completionId: string,
  criterionId: string,
  score: number,
): RatingAnswer => ({
  ...answer,
  scores: { ...answer.scores, [completionId]: { ...answer.scores[completionId], [criterionId]: score } },
});

export const countScored = (answer: RatingAnswer, grid: RatingGrid): number =>
  grid.completionIds.flatMap((completion) =>
    grid.criterionIds.filter((criterion) => scoreAt(answer, completion, criterion) !== null),
  ).length;

/** The label, or null until every cell is filled. */
export function ratingOf(answer: RatingAnswer, grid: RatingGrid): Rating | null {
  if (countScored(answer, grid) < grid.completionIds.length * grid.criterionIds.length) return null;
  return {
    scores: grid.completionIds.flatMap((completionId) =>
      grid.criterionIds.map((criterionId) => ({
        completionId,
        criterionId,
        score: scoreAt(answer, completionId, criterionId) ?? 1,
      })),
    ),
  };
}

/** The answer that a given rating stands for, with the cursor on its first cell. */
export function draftOfRating(rating: Rating): RatingAnswer {
  const scores: RatingAnswer["scores"] = {};
  for (const { completionId, criterionId, score } of rating.scores)
    scores[completionId] = { ...scores[completionId], [criterionId]: score };
  return { scores, cursor: { completion: 0, criterion: 0 } };
}
