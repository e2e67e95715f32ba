import { expect, it } from "vitest";
import { clusteredShare } from "./clustered-share";

const observations = (...clusters: boolean[][]) =>
  clusters.flatMap((hits, place) => hits.map((hit) => ({ cluster: String(place), hit })));

it("is Wilson's interval where every observation stands alone", () => {
  // The variance between 10 single observations is 10/9 of the binomial one, so 9 of them count.
  const result = clusteredShare(observations(...Array.from({ length: 10 }, (_, i) => [i < 8])));
  expect(result).toMatchObject({ count: 8, of: 10, value: 0.8 });
  expect(result.low).toBeCloseTo(0.4738, 4);
  expect(result.high).toBeCloseTo(0.9467, 4);
});

it("counts observations that always go together as one", () => {
  const alone = clusteredShare(observations([true], [true], [false], [true]));
  const together = clusteredShare(observations([true, true], [true, true], [false, false], [true, true]));
  expect(together).toEqual({ ...alone, count: 6, of: 8 });
});

it("counts each cluster once where nothing varies", () => {
  const result = clusteredShare(observations([true, true, true], [true]));
  expect(result).toMatchObject({ value: 1, high: 1 });
  expect(result.low).toBeCloseTo(1 / (1 + 1.959963985 ** 2 / 2), 6);
});

it("says nothing of nothing", () => {
  expect(clusteredShare([])).toEqual({ count: 0, of: 0, value: null, low: null, high: null });
});
