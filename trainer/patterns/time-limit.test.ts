import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import { withinTime } from "./time-limit";

const late = () => new DomainError("pattern-endless", "late");
const SHORT = 200;

describe("code with a limit of time", () => {
  it("gives its result, and its own errors", () => {
    expect(withinTime(SHORT, () => /b+/.test("abc"), late)).toBe(true);
    expect(withinTime(SHORT, () => undefined, late)).toBeUndefined();
    expect(() =>
      withinTime(
        SHORT,
        () => {
          throw new RangeError("own");
        },
        late,
      ),
    ).toThrow(RangeError);
  });

  it("is ended where an expression finds no end, and the next one runs", () => {
    const endless = () => /^(a+)+$/.test(`${"a".repeat(60)}b`);
    for (let time = 0; time < 2; time++) expect(() => withinTime(SHORT, endless, late)).toThrow("late");
    expect(withinTime(SHORT, () => 1, late)).toBe(1);
  });

  it("may hold another one", () => {
    expect(withinTime(SHORT * 10, () => withinTime(SHORT, () => 1, late) + 1, late)).toBe(2);
  });
});
