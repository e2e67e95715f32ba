import { expect, it } from "vitest";
import { roundingOf } from "./float-tie";

it("goes by the size of the sums, whatever their sign", () => {
  expect(roundingOf([-200, -200, -200, -200])).toBeCloseTo(800 * 2 ** -22, 12);
  expect(roundingOf([200, -200])).toBe(roundingOf([-400]));
  expect(roundingOf([])).toBe(0);
});
