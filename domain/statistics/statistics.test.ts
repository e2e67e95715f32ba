import { describe, expect, it } from "vitest";
import { bootstrap, mulberry32 } from "./bootstrap";
import { binomial } from "./bootstrap-counts";
import { pearson, spearman } from "./correlation";
import { shareOf } from "./share";

describe("shareOf", () => {
  it("gives Wilson's interval", () => {
    // The expected interval is statsmodels.stats.proportion.proportion_confint(8, 10, method="wilson"); the second one
    // is of 0 in 10.
    const share = shareOf(8, 10);
    expect(share.low).toBeCloseTo(0.4901625, 6);
    expect(share.high).toBeCloseTo(0.9433178, 6);
    expect(shareOf(0, 10)).toMatchObject({ value: 0, low: 0 });
    expect(shareOf(0, 10).high).toBeCloseTo(0.2775328, 6);
  });
  it("says nothing of nothing", () => {
    expect(shareOf(0, 0)).toEqual({ count: 0, of: 0, value: null, low: null, high: null });
  });
});

describe("correlation", () => {
  it("agrees with values worked out by hand, ties included", () => {
    expect(pearson([1, 2, 3, 4], [2, 4, 5, 9])).toBeCloseTo(11 / Math.sqrt(5 * 26), 12);
    // The ranks 0, 1.5, 1.5, 3 stand against 0, 1, 2, 3.
    expect(spearman([1, 5, 5, 9], [10, 20, 30, 40])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
    expect(spearman([1, 2, 3], [1, 8, 27])).toBeCloseTo(1, 12);
  });
  it("is undefined without spread", () => {
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1], [1])).toBeNull();
  });
});

describe("bootstrap", () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  it("comes close to the normal interval of a mean, the same each time", () => {
    const values = Array.from({ length: 200 }, (_, index) => ((index * 37) % 200) / 200); // uniform: sd 0.2887
    const estimate = bootstrap(values, mean);
    const half = (1.96 * 0.2887) / Math.sqrt(200);
    expect(estimate.low).toBeCloseTo(0.4975 - half, 2);
    expect(estimate.high).toBeCloseTo(0.4975 + half, 2);
    expect(bootstrap(values, mean)).toEqual(estimate);
  });
  it("gives no interval of too few, and no value where there is none", () => {
    expect(bootstrap([1, 2, 3], mean)).toEqual({ value: 2, low: null, high: null, n: 3 });
    expect(bootstrap([], mean)).toEqual({ value: null, low: null, high: null, n: 0 });
  });
});

it.each([
  [10, 0.3],
  [1_000, 0.002],
  [400, 0.9],
  [50_000, 0.25],
])("draws binomial numbers of %s trials with probability %s", (n, p) => {
  const random = mulberry32(7);
  const drawn = Array.from({ length: 20_000 }, () => binomial(n, p, random));
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
  const deviation = Math.sqrt(n * p * (1 - p));
  expect(Math.abs(mean - n * p)).toBeLessThan(4 * (deviation / Math.sqrt(drawn.length)));
  expect(variance / deviation ** 2).toBeCloseTo(1, 1);
});
