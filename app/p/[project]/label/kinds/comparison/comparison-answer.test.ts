import { expect, it } from "vitest";
import { answerAfterKey, type ComparisonAnswer, comparisonOf, EMPTY_ANSWER } from "./comparison-answer";

const press = (...keys: string[]): ComparisonAnswer =>
  keys.reduce<ComparisonAnswer>((answer, key) => answerAfterKey(answer, key) ?? answer, EMPTY_ANSWER);

it("needs a side and a strength", () => {
  expect(comparisonOf(press("a"), "L", "R")).toBeNull();
  expect(comparisonOf(press("a", "2"), "L", "R")).toEqual({
    outcome: "chosen",
    chosenCompletionId: "L",
    rejectedCompletionId: "R",
    strength: "clearly",
  });
  expect(comparisonOf(press("ArrowRight", "4"), "L", "R")).toMatchObject({
    chosenCompletionId: "R",
    strength: "negligibly",
  });
});

it("ignores a strength without a side, and other keys", () => {
  expect(answerAfterKey(EMPTY_ANSWER, "1")).toBeNull();
  expect(answerAfterKey(press("e"), "1")).toBeNull();
  expect(answerAfterKey(EMPTY_ANSWER, "q")).toBeNull();
});

it("keeps the strength when the side changes and drops it for a tie", () => {
  expect(press("a", "1", "b")).toMatchObject({ verdict: "right", strength: "significantly" });
  expect(comparisonOf(press("a", "1", "e"), "L", "R")).toEqual({ outcome: "tie" });
  expect(comparisonOf(press("X"), "L", "R")).toEqual({ outcome: "both_bad" });
});

it("keeps the note", () => {
  expect(answerAfterKey({ ...EMPTY_ANSWER, note: "why" }, "a")?.note).toBe("why");
});
