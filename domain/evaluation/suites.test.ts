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
});
