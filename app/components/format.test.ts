import { describe, expect, it } from "vitest";
import { excerpt, formatBytes, formatDuration, formatNumber, formatRelative, plural } from "./format";

describe("formats", () => {
  it("names units", () => {
    expect([plural(1, "prompt"), plural(12_345, "prompt"), plural(2, "person", "people")]).toEqual([
      "1 prompt",
      "12,345 prompts",
      "2 people",
    ]);
    expect([formatBytes(0), formatBytes(1_500), formatBytes(93_000_000), formatBytes(538_000_000)]).toEqual([
      "0 B",
      "1.5 kB",
      "93 MB",
      "538 MB",
    ]);
    expect([formatDuration(7.4), formatDuration(200), formatDuration(180), formatDuration(7_500)]).toEqual([
      "7 s",
      "3 min 20 s",
      "3 min",
      "2 h 5 min",
    ]);
  });

  it("keeps small numbers readable", () => {
    expect([
      formatNumber(0.123456),
      formatNumber(0.00001),
      formatNumber(5e-7),
      formatNumber(0),
      formatNumber(Number.NaN),
    ]).toEqual(["0.1235", "1e-5", "5e-7", "0", "NaN"]);
  });

  it("tells time from now", () => {
    const now = new Date("2026-05-10T12:00:00Z");
    const ago = (seconds: number) => formatRelative(new Date(now.getTime() - seconds * 1000), now);
    expect([ago(10), ago(60), ago(3_600), ago(86_400), ago(14 * 86_400)]).toEqual([
      "just now",
      "1 minute ago",
      "1 hour ago",
      "yesterday",
      "2 weeks ago",
    ]);
  });

  it("cuts at a word", () => {
    expect(excerpt("one two three four", 15)).toBe("one two three…");
    expect(excerpt("short\n\ntext")).toBe("short text");
  });
});
