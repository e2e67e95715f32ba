import { expect, it } from "vitest";
import { clusteredShare } from "./clustered-share";

const observations = (...clusters: boolean[][]) =>
  clusters.flatMap((hits, place) => hits.map((hit) => ({ cluster: String(place), hit })));

it("is Wilson's interval where every observation stands alone", () => {
  // 8 of 10: 0.4902 and 0.9433 (R: binom::binom.wilson(8, 10)); the variance between single observations is n/(n-1) of
  // the binomial one, so 9 of them count.
  const share = clusteredShare(observations(...Array.from({ length: 10 }, (_, i) => [i < 8])));
  expect(share).toMatchObject({ hits: 8, count: 10, share: 0.8 });
  expect(share.low).toBeCloseTo(0.4738, 4);
  expect(share.high).toBeCloseTo(0.9467, 4);
});

it("counts observations that always go together as one", () => {
  const alone = clusteredShare(observations([true], [true], [false], [true]));
  const together = clusteredShare(observations([true, true], [true, true], [false, false], [true, true]));
  expect(together).toEqual({ ...alone, hits: 6, count: 8 });
});

it("counts each cluster once where nothing varies", () => {
  const share = clusteredShare(observations([true, true, true], [true]));
  expect(share).toMatchObject({ share: 1, high: 1 });
  expect(share.low).toBeCloseTo(1 / (1 + 1.959963985 ** 2 / 2), 6);
});

it("says nothing of nothing", () => {
  expect(clusteredShare([])).toEqual({ hits: 0, count: 0, share: null, low: null, high: null });
});
