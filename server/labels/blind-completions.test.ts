import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { newId } from "../database/new-id";
import { blindCompletions, blindId, lettersOfTask } from "./blind-completions";

const TASKS = 1_000;
const userId = randomUUID();

type Written = { id: string; content: string; finished: boolean };
/** A pair as one generation makes it: the same model's completion is always the older and the first of the task. */
const pairs = Array.from({ length: TASKS }, () => {
  const taskId = newId();
  const older = { id: newId(), content: "same words", finished: Math.random() < 0.8 };
  const newer = { id: newId(), content: "same words", finished: Math.random() < 0.8 };
  return { taskId, older, newer, completions: [older, newer] };
});

/** Everything about the first shown of two completions that is not its text, as numbers. */
function clues([first, second]: readonly object[]): number[] {
  const numbers = (completion: object) =>
    Object.entries(completion)
      .filter(([key]) => key !== "content")
      .flatMap(([key, value], place) => {
        const text = String(value);
        const digits = /^[0-9a-f-]{36}$/.test(text) ? [...Buffer.from(text.replaceAll("-", ""), "hex")] : [];
        return [key.charCodeAt(0) * (place + 1), text.length, text.charCodeAt(0), ...digits].map((one) => one / 256);
      });
  const [left, right] = [numbers(first ?? {}), numbers(second ?? {})];
  const sooner = JSON.stringify(first) < JSON.stringify(second) ? 1 : -1;
  return [1, sooner, ...left, ...right.map((one, place) => one - (left[place] ?? 0))];
}

/** Learns on one half by logistic regression and says how often it is right on the other, both ways round. */
function accuracy(examples: { clues: number[]; isOlder: boolean }[]): number {
  const half = examples.length / 2;
  const halves = [examples.slice(0, half), examples.slice(half)] as const;
  const right = [0, 1].flatMap((tested) => {
    const weights: number[] = [];
    const guess = (example: { clues: number[] }) =>
      1 / (1 + Math.exp(-example.clues.reduce((sum, clue, at) => sum + clue * (weights[at] ?? 0), 0)));
    for (let epoch = 0; epoch < 30; epoch++)
      for (const example of halves[1 - tested] ?? []) {
        const miss = Number(example.isOlder) - guess(example);
        example.clues.forEach((clue, at) => {
          weights[at] = (weights[at] ?? 0) + 0.05 * miss * clue;
        });
      }
    return (halves[tested] ?? []).map((example) => guess(example) > 0.5 === example.isOlder);
  });
  return right.filter(Boolean).length / examples.length;
}

const isOlder = (shown: Written | undefined, pair: (typeof pairs)[number], idOf: (id: string) => string) =>
  shown?.id === idOf(pair.older.id);

it("leaves a classifier that knows all but the texts at chance over 1,000 tasks", () => {
  const examples = pairs.map((pair) => {
    const page = blindCompletions({ userId, taskId: pair.taskId }, pair.completions);
    return { clues: clues(page), isOlder: isOlder(page[0], pair, (id) => blindId(userId, pair.taskId, id)) };
  });
  // One deviation of 1,000 guesses at chance is 1.6 %.
  expect(Math.abs(accuracy(examples) - 0.5)).toBeLessThan(0.08);
});

it("finds the older one by the ids of the database, so the classifier can see what there is to be seen", () => {
  const examples = pairs.map((pair, place) => {
    const page = place % 2 === 0 ? pair.completions : pair.completions.toReversed();
    return { clues: clues(page), isOlder: isOlder(page[0], pair, (id) => id) };
  });
  expect(accuracy(examples)).toBeGreaterThan(0.95);
});

it("shows a person the same on every visit, and names a completion alike for everybody", () => {
  const { taskId, completions } = pairs[0] ?? { taskId: "", completions: [] };
  const see = (person: string) => blindCompletions({ userId: person, taskId }, completions);
  expect(see(userId)).toEqual(see(userId));
  const nameOf = lettersOfTask(
    taskId,
    completions.map(({ id }) => id),
  );
  for (const person of [userId, randomUUID(), randomUUID()])
    for (const { id } of completions)
      expect(see(person).find((one) => one.id === blindId(person, taskId, id))?.name).toBe(nameOf(id));
  expect(see(userId)[0]?.id).not.toBe(see(randomUUID())[0]?.id);
});

it("shows a task that is looked at again in the order that it had", () => {
  const { taskId, completions } = pairs[1] ?? { taskId: "", completions: [] };
  const shown = completions.map(({ id }) => id).toReversed();
  expect(blindCompletions({ userId, taskId, shown }, completions).map(({ id }) => id)).toEqual(
    shown.map((id) => blindId(userId, taskId, id)),
  );
});
