import { expect, it } from "vitest";
import { taskWishSchema } from "@/domain/tasks/task-wish";
import { NEW_WISH, toWish, wishProblem } from "./wish-draft";

const people = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: crypto.randomUUID(), name: `P${at}` }));

it("is a wish that the server takes; everyone is nobody named", () => {
  expect(taskWishSchema.parse(toWish(NEW_WISH))).toEqual({ ...toWish(NEW_WISH), annotatorIds: [] });
  expect(toWish({ ...NEW_WISH, annotators: people(2) }).annotatorIds).toHaveLength(2);
});

it("never lets a restriction to nobody pass for everyone", () => {
  expect(wishProblem(NEW_WISH)).toBeNull();
  expect(wishProblem({ ...NEW_WISH, annotators: [] })).toMatch(/Choose who/);
});

it("wants as many people as labels", () => {
  const wish = { ...NEW_WISH, requiredLabels: 3 };
  expect(wishProblem({ ...wish, annotators: people(2) })).toMatch(/needs 3 people/);
  expect(wishProblem({ ...wish, annotators: people(3) })).toBeNull();
  expect(wishProblem({ ...NEW_WISH, requiredLabels: Number.NaN })).toMatch(/Between 1 and 50/);
});
