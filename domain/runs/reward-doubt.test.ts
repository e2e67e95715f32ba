import { describe, expect, it } from "vitest";
import { type Share, shareOf } from "../statistics/share";
import { doubtOfReward } from "./reward-doubt";

const doubt = (overall: Share, { prompts = overall.of, split = "validation" as "validation" | "all" } = {}) =>
  doubtOfReward({ accuracy: { overall }, heldOut: { pairs: overall.of, prompts, split } });

describe("the doubt of a reward model", () => {
  it("names the figures where the interval includes 50 %", () => {
    expect(doubt(shareOf(27, 50))).toBe(
      "The reward model put 27 of 50 held-out pairs in the right order, 54 % (40–67 %), which can't be told from chance.",
    );
  });

  it("ends where the whole interval lies above: 32 of 50 do, 31 don't", () => {
    expect(shareOf(31, 50).low).toBeLessThan(0.5);
    expect(doubt(shareOf(31, 50))).toContain("can't be told from chance");
    expect(shareOf(32, 50).low).toBeGreaterThan(0.5);
    expect(doubt(shareOf(32, 50))).toBeNull();
    const touching: Share = { count: 32, of: 50, value: 0.64, low: 0.5, high: 0.76 };
    expect(doubt(touching)).not.toBeNull(); // an interval includes its ends
  });

  it("takes the report's interval, which knows that pairs of one prompt hang together", () => {
    const clustered: Share = { count: 40, of: 50, value: 0.8, low: 0.46, high: 0.95 };
    expect(doubt(clustered, { prompts: 6 })).toContain("80 % (46–95 %), which can't be told from chance");
  });

  it("says that three prompts are too few even for a perfect model, and four are not", () => {
    expect(doubt(shareOf(3, 3))).toBe(
      "The reward model put 3 of 3 held-out pairs in the right order, 100 % (44–100 %), and so few pairs can't tell even a perfect model from chance.",
    );
    expect(doubt(shareOf(1, 1))).toContain("1 of 1 held-out pair in");
    expect(doubt(shareOf(4, 4))).toBeNull();
  });

  it("calls an interval below 50 % worse than chance", () => {
    expect(doubt(shareOf(10, 50))).toContain("20 % (11–33 %), which is worse than chance");
  });

  it("has nothing to say without held-out pairs", () => {
    expect(doubt(shareOf(0, 0))).toBeNull();
    expect(doubt(shareOf(27, 50), { split: "all" })).toBeNull();
  });
});
