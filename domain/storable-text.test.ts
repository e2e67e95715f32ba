import { describe, expect, it } from "vitest";
import { countUnstorable, storableInput, storableText, textFault, textSchema } from "./storable-text";

describe("texts that can be kept", () => {
  it("are all but those with a NUL or with half of a surrogate pair", () => {
    for (const good of ["", "a", "😀", "\u{10FFFF}\uFFFD\u202E\u0301", "\u0001\u001F"]) {
      expect(textFault(good)).toBeNull();
      expect(storableText(good)).toBe(good);
    }
    expect(textFault("a\0b")).toBe("holds a NUL character");
    expect(textFault("\uD83D")).toMatch(/half of a surrogate pair/);
    expect(textFault("\uDE00\uD83D")).toMatch(/half of a surrogate pair/);
    expect(textSchema.safeParse("a\0").error?.issues[0]?.message).toBe("holds a NUL character");
  });

  it("are made by putting a replacement character for each that can't be kept", () => {
    const text = "a\0b\uD83Dc😀\0";
    expect(storableText(text)).toBe("a\uFFFDb\uFFFDc😀\uFFFD");
    expect(countUnstorable(text)).toBe(3);
    expect(textFault(storableText(text))).toBeNull();
  });
});

describe("an input", () => {
  const issuesOf = (input: unknown) =>
    storableInput.safeParse(input).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

  it("is refused for each text in it that can't be kept, with its place", () => {
    expect(issuesOf({ a: [{ b: "x\0" }], c: "fine" })).toEqual(["a.0.b: holds a NUL character"]);
    expect(issuesOf({ "k\0": 1 })).toEqual([": the name of a field holds a NUL character"]);
    expect(issuesOf(new Map([["a", "\uD800"]]))).toHaveLength(1);
    expect(issuesOf(new Set(["\0"]))).not.toEqual([]);
    expect(issuesOf("\0")).toEqual([": holds a NUL character"]);
  });

  it("is taken as it is otherwise, and may refer to itself", () => {
    const input: Record<string, unknown> = { a: 1, b: null, c: [true, "😀"] };
    input.self = input;
    expect(issuesOf(input)).toEqual([]);
    expect(storableInput.parse(input)).toBe(input);
  });

  it("has only so many places told", () => {
    expect(issuesOf(Array.from({ length: 100_000 }, () => "\0"))).toHaveLength(20);
  });
});
