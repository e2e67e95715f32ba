import { describe, expect, it } from "vitest";
import { describeCut, suggestTokenLimit } from "./token-limit";

const round = (cut: number, completions: number, maxTokens: number) => ({ cut, completions, maxTokens });

describe("suggestTokenLimit", () => {
  it("goes by how many of the last round were cut", () => {
    // 12 of 96 completions go on past 128 tokens: ln 0.05 / ln 0.125 = 1.441, so 184.4 tokens, rounded up to 192.
    expect(suggestTokenLimit(round(12, 96, 128))).toBe(192);
    // 70 of 160 completions go on past 24 tokens: 3.624 times as many are 86.97 tokens.
    expect(suggestTokenLimit(round(70, 160, 24))).toBe(96);
  });
  it("keeps a limit that cut few, also one that is no multiple of 32", () => {
    expect(suggestTokenLimit(round(0, 96, 100))).toBe(100);
    expect(suggestTokenLimit(round(5, 100, 100))).toBe(100);
    expect(suggestTokenLimit(round(6, 100, 100))).toBe(128);
  });
  it("quadruples where all were cut, and never goes beyond what a generation takes", () => {
    expect(suggestTokenLimit(round(8, 8, 16))).toBe(64);
    expect(suggestTokenLimit(round(7, 8, 1024))).toBe(2048);
    expect(suggestTokenLimit(round(8, 8, 2048))).toBe(2048);
  });
  it("starts with the default where nothing is known", () => {
    expect(suggestTokenLimit(null)).toBe(256);
    expect(suggestTokenLimit(round(0, 0, 24))).toBe(256);
  });
});

describe("describeCut", () => {
  it("says how many were cut, and nothing where none was", () => {
    expect(describeCut(round(12, 96, 128))).toBe(
      "12 of 96 completions of the last round were cut at the limit of 128 tokens.",
    );
    expect(describeCut(round(1, 2, 1))).toBe("1 of 2 completions of the last round was cut at the limit of 1 token.");
    expect(describeCut(round(0, 96, 128))).toBeNull();
    expect(describeCut(null)).toBeNull();
  });
});
