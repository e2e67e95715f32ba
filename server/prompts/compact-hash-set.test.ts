import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { CompactHashSet } from "./compact-hash-set";

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

it("knows what it has, however often it has grown", () => {
  const set = new CompactHashSet(4);
  const kept = new Set<string>();
  for (let index = 0; index < 30_000; index++) {
    const text = `text ${(index * index) % 20_011}`;
    expect(index % 2 === 0 ? set.addText(text) : set.addHex(hashOf(text))).toBe(!kept.has(text));
    kept.add(text);
  }
  expect(set.size).toBe(kept.size);
});

it("tells apart hashes that share their place, and takes one of zeros", () => {
  const set = new CompactHashSet(8);
  const hashes = [
    "0".repeat(64),
    `00000000${"1".repeat(56)}`,
    `00000008${"1".repeat(56)}`,
    `${"f".repeat(31)}0${"0".repeat(32)}`,
  ];
  expect(hashes.map((hash) => set.addHex(hash))).toEqual([true, true, true, true]);
  expect(hashes.map((hash) => set.addHex(hash))).toEqual([false, false, false, false]);
});
