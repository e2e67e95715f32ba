import { expect, it } from "vitest";
import { derivedSeed } from "./derived-seed";

it("differs for every seed, prompt and sample, also where their sums are alike", () => {
  const seeds = new Set<number>();
  const range = Array.from({ length: 24 }, (_, n) => n);
  for (const seed of range) {
    for (const prompt of range) for (const sample of range) seeds.add(derivedSeed(seed, prompt, sample));
  }
  expect(seeds.size).toBe(24 ** 3);
});

it("knows large seeds apart by their upper half too", () => {
  const large = [1, 1 + 2 ** 32, 1 + 2 ** 33, 1 + 2 ** 52];
  expect(new Set(large.map((seed) => derivedSeed(seed, 0, 0))).size).toBe(large.length);
});

it("changes about half of the bits when one part changes by one", () => {
  const bits = (value: number) => value.toString(2).replaceAll("0", "").length;
  const changes = Array.from({ length: 500 }, (_, n) => [
    bits((derivedSeed(n, 3, 0) ^ derivedSeed(n + 1, 3, 0)) >>> 0),
    bits((derivedSeed(7, n, 0) ^ derivedSeed(7, n + 1, 0)) >>> 0),
    bits((derivedSeed(7, 3, n) ^ derivedSeed(7, 3, n + 1)) >>> 0),
  ]);
  for (const part of [0, 1, 2]) {
    const mean = changes.reduce((sum, change) => sum + (change[part] as number), 0) / changes.length;
    expect(Math.abs(mean - 16)).toBeLessThan(0.5); // its standard deviation is 2.83 / √500 = 0.13
  }
});

it("differs with each part and is the same each time", () => {
  const seeds = [derivedSeed(1, 0), derivedSeed(1, 1), derivedSeed(2, 0), derivedSeed(1, 0, 0), derivedSeed(1, 0, 1)];
  expect(new Set(seeds).size).toBe(5);
  expect(derivedSeed(1, 0, 1)).toBe(seeds[4]);
});
