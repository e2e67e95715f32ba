import { describe, expect, it } from "vitest";
import { createRewardFunctions } from "./create-reward-functions";
import { exactMatch } from "./exact-match";
import { jsonValidity } from "./json-validity";
import { lengthWindow } from "./length";
import { regularExpression } from "./regular-expression";
import type { JudgedCompletion } from "./reward-function";

const judged = (completion: string, changes: Partial<JudgedCompletion> = {}): JudgedCompletion => ({
  prompt: [{ role: "user", content: "?" }],
  completion,
  tokens: 5,
  ended: true,
  answer: null,
  ...changes,
});

describe("reward functions", () => {
  it("exactMatch takes its own answer, or the one beside the prompt", () => {
    expect(exactMatch({ answer: "Paris", ignoreCase: true })(judged(" paris\n"))).toBe(1);
    expect(exactMatch({ answer: "Paris", ignoreCase: false })(judged("paris"))).toBe(0);
    expect(exactMatch({ ignoreCase: true })(judged("4", { answer: "4" }))).toBe(1);
  });
  it("regularExpression finds the pattern each time, also with the flag g", () => {
    const reward = regularExpression({ pattern: "\\d+", flags: "g" });
    expect([reward(judged("a 12")), reward(judged("a 12")), reward(judged("none"))]).toEqual([1, 1, 0]);
  });
  it("regularExpression ends an endless search, and its error names the pattern", () => {
    const reward = regularExpression({ pattern: "^(a+)+$", flags: "" });
    expect(reward(judged("aaa"))).toBe(1);
    expect(() => reward(judged(`${"a".repeat(60)}b`))).toThrow(/the pattern "\^\(a\+\)\+\$" found no end within 2 s/);
  });
  it("jsonValidity wants JSON, and its keys for the whole reward", () => {
    const reward = jsonValidity({ requiredKeys: ["name"] });
    expect([reward(judged('{"name": 1}')), reward(judged("[1]")), reward(judged("{name}"))]).toEqual([1, 0.5, 0]);
    expect(jsonValidity({ requiredKeys: [] })(judged("[1]"))).toBe(1);
  });
  it("length is 1 in its window and falls off as a line", () => {
    const reward = lengthWindow({ unit: "words", min: 2, max: 4 });
    expect(["one two", "a b c d", "one", "a b c d e f", ""].map((text) => reward(judged(text)))).toEqual([
      1, 1, 0.75, 0.5, 0.5,
    ]);
    expect(lengthWindow({ unit: "tokens", min: 0, max: 4 })(judged("", { tokens: 5 }))).toBe(0.75);
    expect(lengthWindow({ unit: "characters", min: 0, max: 1 })(judged("😀"))).toBe(1);
  });
  it("are added with their weights", async () => {
    const both = await createRewardFunctions(
      [
        { name: "regularExpression", weight: 2, pattern: "yes", flags: "i" },
        { name: "length", weight: -0.5, unit: "tokens", min: 0, max: 5 },
      ],
      { trustModules: false },
    );
    expect(await both?.(judged("Yes"))).toBe(1.5);
    expect(await createRewardFunctions([], { trustModules: false })).toBeNull();
  });
});
