import { expect, it } from "vitest";
import { figuresAfter, lowestValidation, NO_FIGURES } from "./run-figures";

const line = (id: string) => ({ id, level: "info", message: `line ${id}`, createdAt: new Date(0) });

it("keeps points by step and lines by id, so what comes twice stays one", () => {
  const step = { type: "metrics" as const, step: 1, values: { loss: 0.7, gradNorm: 2 } };
  const figures = [
    step,
    step,
    { type: "log" as const, line: line("1") },
    { type: "log" as const, line: line("1") },
  ].reduce(figuresAfter, NO_FIGURES);
  expect([...(figures.points.get("loss") ?? [])]).toEqual([[1, 0.7]]);
  expect(figures.points.get("gradNorm")?.get(1)).toBe(2);
  expect(figures.lines).toHaveLength(1);
});

it("lets a snapshot replace all", () => {
  const before = figuresAfter(NO_FIGURES, { type: "metrics", step: 9, values: { old: 1 } });
  const after = figuresAfter(before, {
    type: "snapshot",
    metrics: [{ name: "loss", points: [{ step: 2, value: 0.5 }], total: 900 }],
    log: [line("4")],
  });
  expect([...after.points.keys()]).toEqual(["loss"]);
  expect(after.thinnedFrom).toBe(900);
  expect(after.lines.map(({ id }) => id)).toEqual(["4"]);
});

it("knows where the validation loss was lowest", () => {
  const points = (...losses: [number, number][]) => new Map(losses);
  expect(lowestValidation(points([20, 0.65], [10, 0.6], [30, 0.7]))).toEqual({ step: 10, value: 0.6, last: 0.7 });
  expect(lowestValidation(points([10, 0.6]))).toBeNull();
  expect(lowestValidation(new Map())).toBeNull();
});
