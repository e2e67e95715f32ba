import { describe, expect, it } from "vitest";
import { SUITE_NAMES, suiteOf } from "./suites";

describe.each(SUITE_NAMES)("the %s suite", (name) => {
  const { questions, practice, name: own } = suiteOf(name);

  it("asks each thing once, and practises nothing that it asks", () => {
    expect(own).toBe(name);
    const asked = [...questions, ...practice].map(([question]) => question.toLowerCase());
    expect(new Set(asked).size).toBe(asked.length);
    expect(questions.length).toBeGreaterThanOrEqual(20);
    expect(practice.length).toBeGreaterThanOrEqual(12);
  });

  it("offers a right answer and different wrong ones", () => {
    for (const [question, ...options] of questions) {
      expect(options.length, question).toBeGreaterThanOrEqual(2);
      expect(new Set(options).size, question).toBe(options.length);
    }
  });

  it("practises other things than it asks: no practice question is a copy with other numbers or names", () => {
    for (const [exercise] of practice) {
      const [nearest, likeness] = nearestOf(
        exercise,
        questions.map(([question]) => question),
      );
      expect(likeness, `"${exercise}" is like "${nearest}"`).toBeLessThan(0.4);
    }
  });
});

it("would notice a copy with other numbers or names", () => {
  const asked = ["What is 7 + 5?", "A pack holds 12 eggs. How many eggs are in 3 packs?"];
  expect(nearestOf("What is 8 + 6?", asked)[1]).toBeGreaterThan(0.9);
  expect(nearestOf("A box holds 10 pens. How many pens are in 5 boxes?", asked)[1]).toBeGreaterThan(0.4);
});

/**
 * Finds the question that has most words in common, numbers and capitals aside, with the share of both's words that
 * they are (Jaccard).
 */
function nearestOf(exercise: string, asked: readonly string[]): [nearest: string, likeness: number] {
  const words = (text: string) =>
    new Set(
      text
        .toLowerCase()
        .replace(/\d+/g, "#")
        .match(/[\p{L}#]+|[^\s\p{L}]/gu),
    );
  const own = words(exercise);
  let nearest: [string, number] = ["", 0];
  for (const question of asked) {
    const other = words(question);
    const common = [...own].filter((word) => other.has(word)).length;
    const likeness = common / (own.size + other.size - common);
    if (likeness > nearest[1]) nearest = [question, likeness];
  }
  return nearest;
}
