import { expect, it } from "vitest";
import { rowSeed } from "./row-seed";

it("differs for every seed, prompt and sample, also where their sums are alike", () => {
  const seeds = new Set<number>();
  const range = Array.from({ length: 24 }, (_, n) => n);
  for (const seed of range) {
    for (const prompt of range) for (const sample of range) seeds.add(rowSeed(seed, prompt, sample));
  }
  expect(seeds.size).toBe(24 ** 3);
});

it("knows large seeds apart by their upper half too", () => {
  const large = [1, 1 + 2 ** 32, 1 + 2 ** 33, 1 + 2 ** 52];
  expect(new Set(large.map((seed) => rowSeed(seed, 0, 0))).size).toBe(large.length);
});

it("changes about half of the bits when one part changes by one", () => {
  const bits = (value: number) => value.toString(2).replaceAll("0", "").length;
  const changes = Array.from({ length: 500 }, (_, n) => [
    bits((rowSeed(n, 3, 0) ^ rowSeed(n + 1, 3, 0)) >>> 0),
    bits((rowSeed(7, n, 0) ^ rowSeed(7, n + 1, 0)) >>> 0),
    bits((rowSeed(7, 3, n) ^ rowSeed(7, 3, n + 1)) >>> 0),
  ]);
  for (const part of [0, 1, 2]) {
    const mean = changes.reduce((sum, change) => sum + (change[part] as number), 0) / changes.length;
    expect(Math.abs(mean - 16)).toBeLessThan(0.5); // its standard deviation is 2.83 / √500 = 0.13
  }
});
