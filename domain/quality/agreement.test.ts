import { describe, expect, it } from "vitest";
import {
  cohenKappa,
  type Distance,
  gwetAc1,
  interval,
  kendallTau,
  krippendorffAlpha,
  nominal,
  type Ratings,
  rawAgreement,
  type Scale,
  sumUnits,
} from "./agreement";

const scaleOf = <Value>(units: readonly Ratings<Value>[], distance: Distance<Value>): Scale<Value> => ({
  values: [...new Set(units.flat())],
  distance,
});
const alphaOf = <Value>(units: readonly Ratings<Value>[], distance: Distance<Value>) =>
  krippendorffAlpha(sumUnits(units, scaleOf(units, distance)), scaleOf(units, distance));
const rawOf = (units: readonly Ratings<string>[]) => rawAgreement(sumUnits(units, scaleOf(units, nominal)));

/** Krippendorff's own example has three coders, fifteen units and gaps. */
const CODERS = ["* * * * * 3 4 1 2 1 1 3 3 * 3", "1 * 2 1 3 3 4 3 * * * * * * *", "* * 2 1 3 4 4 * 2 1 1 3 3 * 4"].map(
  (row) => row.split(" "),
);
const UNITS = (CODERS[0] ?? []).map((_, unit) =>
  CODERS.flatMap((row) => (row[unit] === "*" ? [] : [Number(row[unit])])),
);

describe("Krippendorff's α", () => {
  it("is what the literature gives for its example", () => {
    expect(alphaOf(UNITS, nominal)).toBeCloseTo(0.691, 3);
    expect(alphaOf(UNITS, interval)).toBeCloseTo(0.811, 3);
  });

  it("is undefined without variation, or without a unit that two judged", () => {
    expect(alphaOf([["a", "a"]], nominal)).toBeNull();
    expect(alphaOf([["a"], ["b"]], nominal)).toBeNull();
    expect(alphaOf([], nominal)).toBeNull();
  });

  it("is below zero for those who always say the opposite", () => {
    expect(
      alphaOf(
        [
          ["a", "b"],
          ["b", "a"],
        ],
        nominal,
      ),
    ).toBeLessThan(0);
  });
});

it("counts raw agreement by unit", () => {
  expect(rawOf([["a", "a"], ["a", "b"], ["a", "a", "b"], ["a"]])).toBeCloseTo((1 + 0 + 1 / 3) / 3, 12);
  expect(rawOf([["a"]])).toBeNull();
});

it("gives Cohen's κ as computed by hand", () => {
  // The textbook table has both yes 20, both no 15, yes/no 5 and no/yes 10.
  expect(cohenKappa([20, 5, 10, 15], 2)).toBeCloseTo(0.4, 12);
  expect(cohenKappa([1, 0, 0, 0], 2)).toBeNull();
  expect(cohenKappa([0, 0, 0, 0], 2)).toBeNull();
});

it("keeps AC1 where κ collapses under skew", () => {
  const skewed = [...Array.from({ length: 98 }, () => ["y", "y"]), ["y", "n"], ["n", "y"]];
  expect(alphaOf(skewed, nominal)).toBeLessThan(0);
  // Chance agreement is 2 · 0.99 · 0.01, so AC1 is (0.98 − 0.0198) ÷ (1 − 0.0198).
  const scale = scaleOf(skewed, nominal);
  expect(gwetAc1(sumUnits(skewed, scale), scale)).toBeCloseTo((0.98 - 0.0198) / 0.9802, 12);
});

it("gives Kendall's τ-b with ties", () => {
  expect(kendallTau([1, 2, 3], [1, 2, 3])).toBe(1);
  expect(kendallTau([1, 2, 3], [3, 2, 1])).toBe(-1);
  expect(kendallTau([1, 2, 2], [1, 2, 3])).toBeCloseTo(2 / Math.sqrt(2 * 3), 12);
  expect(kendallTau([1, 1, 1], [1, 2, 3])).toBeNull();
});
