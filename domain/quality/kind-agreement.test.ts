import { expect, it } from "vitest";
import type { ConvertibleLabel } from "../labels/kinds";
import { bootstrap } from "../statistics/bootstrap";
import { AgreementCounter } from "./kind-agreement";
import { kappaWithInterval, PairTables } from "./pair-of-people";

let id = 0;
const common = (task: string, by: string, completionIds = ["a", "b"]) => ({
  id: String(++id),
  taskId: task,
  promptId: task,
  annotatorId: by,
  completionIds,
});
const compare = (task: string, by: string, choice: "a" | "b" | "tie"): ConvertibleLabel => ({
  ...common(task, by),
  kind: "comparison",
  comparison:
    choice === "tie"
      ? { outcome: "tie" }
      : {
          outcome: "chosen",
          chosenCompletionId: choice,
          rejectedCompletionId: choice === "a" ? "b" : "a",
          strength: "clearly",
        },
});
const rank = (task: string, by: string, ...order: string[]): ConvertibleLabel => ({
  ...common(task, by, ["a", "b", "c"]),
  kind: "ranking",
  ranking: { ranks: order.map((completionId, place) => ({ completionId, rank: place + 1 })) },
});
const rate = (task: string, by: string, score: number): ConvertibleLabel => ({
  ...common(task, by, ["a"]),
  kind: "rating",
  rating: { scores: [{ completionId: "a", criterionId: "x", score }] },
  weights: {},
});

const byTask = (labels: ConvertibleLabel[]) =>
  [...new Set(labels.map(({ taskId }) => taskId))].map((task) => labels.filter(({ taskId }) => taskId === task));
const noPause = () => undefined;

function measure(labels: ConvertibleLabel[]) {
  const counter = new AgreementCounter();
  for (const task of byTask(labels)) counter.add(task);
  return counter.measure(noPause);
}

const valuesOf = async (labels: ConvertibleLabel[]) =>
  (await measure(labels)).map(({ kind, labels: count, sharedTasks, figures }) => ({
    kind,
    count,
    sharedTasks,
    values: figures.map(({ estimate }) => estimate.value),
  }));

it("is undefined, not zero, where nobody judged the same", async () => {
  expect(await valuesOf([compare("1", "ada", "a"), compare("2", "bob", "b")])).toEqual([
    { kind: "comparison", count: 2, sharedTasks: 0, values: [null, null, null] },
  ]);
});

it("measures each kind in its own way", async () => {
  const labels = [
    ...[compare("1", "ada", "a"), compare("1", "bob", "a"), compare("2", "ada", "b"), compare("2", "bob", "b")],
    ...[compare("3", "ada", "a"), compare("3", "bob", "tie")],
    ...[rank("4", "ada", "a", "b", "c"), rank("4", "bob", "a", "c", "b")],
    ...[rate("5", "ada", 4), rate("5", "bob", 5), rate("6", "ada", 1), rate("6", "bob", 1)],
  ];
  const [comparison, ranking, rating] = await valuesOf(labels);
  expect(comparison).toMatchObject({ count: 6, sharedTasks: 3 });
  expect(comparison?.values[0]).toBeCloseTo(2 / 3, 12);
  // The values used are a 3, b 2 and tie 1 of 6. Observed is 1/3; expected is (36 − 9 − 4 − 1) ÷ 30.
  expect(comparison?.values[1]).toBeCloseTo(1 - 1 / 3 / (22 / 30), 12);
  expect(ranking?.values[0]).toBeCloseTo(2 / 3, 12); // two of three pairs in the same order
  expect(ranking?.values[2]).toBeCloseTo(1 / 3, 12);
  expect(rating?.values[0]).toBe(0.5);
  // Observed is (1² + 1²) ÷ 4; expected over 4, 5, 1, 1 is 2·(1 + 9 + 9 + 16 + 16) ÷ 12.
  expect(rating?.values[1]).toBeCloseTo(1 - 0.5 / (102 / 12), 12);
});

it("gives Cohen's κ for every two people, those with most in common first", () => {
  const labels = ["1", "2", "3", "4"].flatMap((task, i) => [
    compare(task, "ada", i % 2 ? "a" : "b"),
    compare(task, "bob", i % 2 ? "a" : "b"),
    ...(i < 2 ? [compare(task, "cleo", "a")] : []),
  ]);
  const tables = new PairTables();
  for (const task of byTask(labels)) tables.add(task);
  expect(tables.pairs().map(({ annotatorIds, shared, kappa }) => [annotatorIds.join(), shared, kappa])).toEqual([
    ["ada,bob", 4, 1],
    ["ada,cleo", 2, 0],
    ["bob,cleo", 2, 0],
  ]);
});

/** A number from 0 to 1 that looks random and is always the same. */
const chance = (seed: number) => (Math.sin(seed * 12.9898) * 43758.5453) % 1 ** 2;
const pick = <T>(seed: number, ...choices: T[]): T => choices[Math.floor(Math.abs(chance(seed)) * choices.length)] as T;

it("draws intervals from counts that are those of drawing task by task", async () => {
  const tasks = Array.from({ length: 300 }, (_, task) => [
    compare(`t${task}`, "ada", pick(task, "a", "a", "b", "tie")),
    compare(`t${task}`, "bob", pick(task * 7 + 1, pick(task, "a", "a", "b", "tie"), "a", "b")),
  ]);
  const [kind] = await measure(tasks.flat());
  const agrees = tasks.map(([one, two]) =>
    Number(
      JSON.stringify((one as { comparison: object }).comparison) ===
        JSON.stringify((two as { comparison: object }).comparison),
    ),
  );
  const direct = bootstrap(agrees, (sample) => sample.reduce((sum, hit) => sum + hit, 0) / sample.length);
  const raw = kind?.figures[0]?.estimate;
  expect(raw?.value).toBeCloseTo(direct.value ?? Number.NaN, 12);
  expect(raw?.low).toBeCloseTo(direct.low ?? Number.NaN, 1.7);
  expect(raw?.high).toBeCloseTo(direct.high ?? Number.NaN, 1.7);

  const tables = new PairTables();
  for (const task of tasks) tables.add(task);
  const [pair] = tables.pairs();
  const kappa = await kappaWithInterval(pair?.table ?? [], noPause);
  expect(kappa.value).toBe(pair?.kappa);
  expect(kappa.n).toBe(300);
  // The standard error of κ (Fleiss, Cohen and Everitt 1969) is about 0.04 here.
  const half = ((kappa.high ?? 0) - (kappa.low ?? 0)) / 2;
  expect(half).toBeGreaterThan(0.06);
  expect(half).toBeLessThan(0.11);
});
