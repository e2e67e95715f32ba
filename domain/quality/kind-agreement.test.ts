import { expect, it } from "vitest";
import type { ConvertibleLabel } from "../labels/kinds";
import { agreementByKind } from "./kind-agreement";
import { kappaOfPeople } from "./pair-of-people";

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

const valuesOf = (labels: ConvertibleLabel[]) =>
  agreementByKind(labels).map(({ kind, labels: count, sharedTasks, figures }) => ({
    kind,
    count,
    sharedTasks,
    values: figures.map(({ estimate }) => estimate.value),
  }));

it("is undefined, not zero, where nobody judged the same", () => {
  expect(valuesOf([compare("1", "ada", "a"), compare("2", "bob", "b")])).toEqual([
    { kind: "comparison", count: 2, sharedTasks: 0, values: [null, null, null] },
  ]);
});

it("measures each kind in its own way", () => {
  const labels = [
    ...[compare("1", "ada", "a"), compare("1", "bob", "a"), compare("2", "ada", "b"), compare("2", "bob", "b")],
    ...[compare("3", "ada", "a"), compare("3", "bob", "tie")],
    ...[rank("4", "ada", "a", "b", "c"), rank("4", "bob", "a", "c", "b")],
    ...[rate("5", "ada", 4), rate("5", "bob", 5), rate("6", "ada", 1), rate("6", "bob", 1)],
  ];
  const [comparison, ranking, rating] = valuesOf(labels);
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
  expect(
    kappaOfPeople(labels).map(({ annotatorIds, shared, kappa }) => [annotatorIds.join(), shared, kappa.value]),
  ).toEqual([
    ["ada,bob", 4, 1],
    ["ada,cleo", 2, 0],
    ["bob,cleo", 2, 0],
  ]);
});
