import { expect, it } from "vitest";
import {
  countScored,
  EMPTY_RATING,
  moveCursor,
  type RatingAnswer,
  ratingOf,
  scoreCursor,
  setScore,
} from "./rating-answer";

const grid = { completionIds: ["x", "y"], criterionIds: ["helpful", "clear"] };
const press = (...digits: number[]): RatingAnswer =>
  digits.reduce((answer, digit) => scoreCursor(answer, grid, digit), EMPTY_RATING);

it("fills criterion by criterion, then the next completion", () => {
  expect(press(4).cursor).toEqual({ completion: 0, criterion: 1 });
  expect(press(4, 2).cursor).toEqual({ completion: 1, criterion: 0 });
  expect(ratingOf(press(4, 2, 5), grid)).toBeNull();
  expect(ratingOf(press(4, 2, 5, 1), grid)).toEqual({
    scores: [
      { completionId: "x", criterionId: "helpful", score: 4 },
      { completionId: "x", criterionId: "clear", score: 2 },
      { completionId: "y", criterionId: "helpful", score: 5 },
      { completionId: "y", criterionId: "clear", score: 1 },
    ],
  });
});

it("stays in the grid and lets a score be changed", () => {
  const full = press(4, 2, 5, 1);
  expect(full.cursor).toEqual({ completion: 1, criterion: 1 });
  expect(moveCursor(full, grid, { completion: 3 }).cursor).toEqual({ completion: 1, criterion: 1 });
  expect(moveCursor(full, grid, { completion: -1 }).cursor).toEqual({ completion: 0, criterion: 1 });
  expect(ratingOf(setScore(full, "x", "helpful", 1), grid)?.scores[0]?.score).toBe(1);
  expect(countScored(press(3), grid)).toBe(1);
});
