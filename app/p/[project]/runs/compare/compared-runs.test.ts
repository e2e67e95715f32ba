import { expect, it } from "vitest";
import { type ComparedRun, compareConfigurations, curveOf, finalFigures, haveTokens, metricsOf } from "./compared-runs";

const series = (name: string, ...values: [step: number, value: number][]) => ({
  name,
  points: values.map(([step, value]) => ({ step, value })),
});
const run = (method: string, ...metrics: ComparedRun["metrics"]) => ({ run: { method }, metrics }) as ComparedRun;

it("draws over steps, or over the tokens trained on so far", () => {
  const one = run(
    "dpo",
    series("loss", [1, 0.7], [2, 0.6]),
    series("evalLoss", [0, 0.69], [2, 0.65]),
    series("tokens", [1, 100], [2, 50]),
  );
  expect(curveOf(one, "loss", "step")).toEqual([
    { x: 1, y: 0.7 },
    { x: 2, y: 0.6 },
  ]);
  expect(curveOf(one, "loss", "tokens")).toEqual([
    { x: 100, y: 0.7 },
    { x: 150, y: 0.6 },
  ]);
  expect(curveOf(one, "evalLoss", "tokens")).toEqual([
    { x: 0, y: 0.69 },
    { x: 150, y: 0.65 },
  ]);
  expect(haveTokens([one])).toBe(true);
  expect(haveTokens([one, run("dpo", series("loss", [1, 0.7]))])).toBe(false);
});

it("puts known metrics first and leaves none out", () => {
  const runs = [run("sft", series("zeta", [1, 1]), series("loss", [1, 1])), run("dpo", series("evalAccuracy", [1, 1]))];
  expect(metricsOf(runs)).toEqual(["loss", "evalAccuracy", "zeta"]);
});

it("marks the best final figure where better means something", () => {
  const dpo = run(
    "dpo",
    series("loss", [1, 0.7], [2, 0.5]),
    series("evalAccuracy", [2, 0.6]),
    series("gradNorm", [2, 1]),
  );
  const other = run("dpo", series("loss", [1, 0.7]), series("evalAccuracy", [1, 0.8]), series("gradNorm", [1, 2]));
  expect(finalFigures([dpo, other])).toEqual([
    { name: "loss", values: [0.5, 0.7], best: 0 },
    { name: "gradNorm", values: [1, 2], best: null },
    { name: "evalAccuracy", values: [0.6, 0.8], best: 1 },
  ]);
  const simpo = run(
    "simpo",
    series("loss", [1, 0.1]),
    series("rewards/margins", [1, 9]),
    series("evalAccuracy", [1, 0.7]),
  );
  const withMargin = { ...dpo, metrics: [...dpo.metrics, series("rewards/margins", [1, 1])] };
  expect(finalFigures([withMargin, simpo]).map(({ name, best }) => [name, best])).toEqual([
    ["loss", null],
    ["gradNorm", null],
    ["rewards/margins", null],
    ["evalAccuracy", 1],
  ]);
});

it("lays configurations side by side, key by key", () => {
  const rows = compareConfigurations([
    { seed: 42, beta: 0.1, lora: { rank: 16, targets: ["q_proj", "v_proj"] } },
    { seed: 42, beta: 0.3, lora: { rank: 16, targets: "all-linear" } },
    { seed: 42 },
  ]);
  expect(rows).toEqual([
    { key: "beta", values: ["0.1", "0.3", undefined], differs: true },
    { key: "lora.rank", values: ["16", "16", undefined], differs: true },
    { key: "lora.targets", values: ['["q_proj","v_proj"]', "all-linear", undefined], differs: true },
    { key: "seed", values: ["42", "42", "42"], differs: false },
  ]);
});
