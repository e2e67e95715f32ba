import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalizePrompt, promptHash, splitOfHash, VALIDATION_SHARE } from "./split";

const user = (content: string) => [{ role: "user" as const, content }];

describe("the split of a prompt", () => {
  it("is fixed for ever", () => {
    // The expected values are literal: a change of the hash would move prompts between training and validation.
    expect(promptHash(user("What is the capital of France?"))).toBe("5977daa5ec463aaa");
    expect(promptHash(user(""))).toBe("f7fda9aa75083668");
  });

  it("ignores case, white space and Unicode form, but not roles", () => {
    expect(promptHash(user("  What  is\nthis? "))).toBe(promptHash(user("what is this?")));
    expect(promptHash(user("ﬁne"))).toBe(promptHash(user("fine")));
    expect(normalizePrompt([{ role: "system", content: "x" }])).not.toBe(normalizePrompt(user("x")));
  });

  it("holds out close to the stated share, evenly over short texts", () => {
    const held = Array.from({ length: 20_000 }, (_, i) => splitOfHash(promptHash(user(`p ${i}`)))).filter(
      (split) => split === "validation",
    );
    // The share is binomial with n = 20,000 and p = 0.1, so five standard deviations are 0.0106.
    expect(Math.abs(held.length / 20_000 - VALIDATION_SHARE)).toBeLessThan(0.0106);
  });
});

it("computes FNV-1a and the normal form of any text as their definitions say", () => {
  const fnv = (text: string) => {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new TextEncoder().encode(text))
      hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
    return hash.toString(16).padStart(16, "0");
  };
  const spaces = fc.string({ unit: fc.constantFrom(..." \t\n\r\v\f\u00a0\u2028\ufeffaÄﬁ") });
  fc.assert(
    fc.property(fc.oneof(spaces, fc.string({ unit: "binary", maxLength: 200 })), (content) => {
      const normal = `user: ${content.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim()}`;
      expect(normalizePrompt(user(content))).toBe(normal);
      expect(promptHash(user(content))).toBe(fnv(normal));
    }),
  );
});
