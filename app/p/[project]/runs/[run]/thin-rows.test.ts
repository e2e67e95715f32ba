import { expect, it } from "vitest";
import { type ChartRow, thinRows } from "./thin-rows";

const rows = (count: number): ChartRow[] =>
  Array.from({ length: count }, (_, step) => ({ step, loss: step === 4321 ? 9 : 1 / (step + 1) }));

it("leaves the rows of a short run alone", () => expect(thinRows(rows(600), ["loss"])).toEqual(rows(600)));

it("draws a long run through a few hundred rows, in order, and loses neither a spike nor the ends nor a validation", () => {
  const all = rows(20_000).map((row) => (row.step % 1000 === 77 ? { ...row, evalLoss: 1 } : row));
  const thin = thinRows(all, ["loss", "evalLoss"], ["evalLoss"]);
  const steps = thin.map(({ step }) => step);
  expect(thin.length).toBeLessThan(650);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  for (const step of [0, 4321, 19_999]) expect(steps).toContain(step);
  expect(thin.filter(({ evalLoss }) => evalLoss !== undefined)).toHaveLength(20);
});
