import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { entryOf, renameCompletions } from "@/domain/labels/answer";
import { type LabelAnswer, type LabelKind, labelKinds } from "@/domain/labels/kinds";
import { STARTING_RUBRIC } from "@/domain/labels/rubric";
import { labelSubmissionSchema } from "@/domain/labels/submission";
import { database } from "../database/client";
import { updateRubric } from "../projects/update-rubric";
import { actorIn } from "../testing/actors";
import { readAll } from "../testing/all-records";
import { withTestDatabase } from "../testing/test-database";
import { makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { correctLabel } from "./correct-label";
import { listLabels, listMyLabels } from "./list-labels";
import { type LabelTask, nextTask } from "./next-task";
import { reopenLabel } from "./reopen-label";
import { submitLabel } from "./submit-label";

withTestDatabase();

const idsOf = (task: LabelTask): [string, string] => {
  const [left, right] = task.completions;
  if (!left || !right) throw new Error("a task of two completions is expected");
  return [left.id, right.id];
};

/**
 * An answer of each kind to a task of two shown completions, and its words in a list, by the letters of the completion that
 * the page showed first and of the other one.
 */
const SAID: {
  [Kind in LabelKind]: {
    answer(task: LabelTask): LabelAnswer;
    words(first: string, second: string): string;
  };
} = {
  comparison: {
    answer: (task) => {
      const [left, right] = idsOf(task);
      const sides = { chosenCompletionId: right, rejectedCompletionId: left };
      return { kind: "comparison", comparison: { outcome: "chosen", ...sides, strength: "slightly" } };
    },
    words: (_, second) => `${second} slightly better`,
  },
  ranking: {
    answer: (task) => {
      const [left, right] = idsOf(task);
      const ranks = [
        { completionId: right, rank: 1 },
        { completionId: left, rank: 2 },
      ];
      return { kind: "ranking", ranking: { ranks } };
    },
    words: (first, second) => `${second} > ${first}`,
  },
  rating: {
    answer: (task) => {
      const criteria = task.rubric?.criteria ?? [];
      const scores = idsOf(task).flatMap((completionId, place) =>
        criteria.map(({ id }) => ({ completionId, criterionId: id, score: place === 0 ? 2 : 5 })),
      );
      return { kind: "rating", rating: { scores } };
    },
    words: (first, second) => [`${first} 2.0`, `${second} 5.0`].sort().join(", "),
  },
  demonstration: {
    answer: (task) => ({
      kind: "demonstration",
      demonstration: {
        content: "So it is.",
        turns: [],
        trainOnAllTurns: false,
        rewriteOfCompletionId: idsOf(task)[0],
      },
    }),
    words: () => "rewrote as “So it is.”",
  },
};

/** Makes a task of this kind with two completions, leased by Ada. */
async function scene(kind: LabelKind) {
  const ada = await makeUser("Ada");
  const project = await makeProject(ada);
  await updateRubric({ actor: actorIn(project.id, ada.id), criteria: STARTING_RUBRIC });
  const rubric = await database().rubric.findFirstOrThrow({ where: { projectId: project.id } });
  await makeComparisonTasks(project, { count: 1 });
  const rubricId = kind === "rating" ? rubric.id : null;
  await database().task.updateMany({ where: { projectId: project.id }, data: { kind, rubricId } });
  const own = { actor: actorIn(project.id, ada.id) };
  const task = await nextTask({ ...own, exclude: [] });
  if (!task) throw new Error("a task is expected");
  const envelope = () => ({
    taskId: task.taskId,
    idempotencyKey: randomUUID(),
    shownOrder: task.completions.map(({ id }) => id),
  });
  return { own, projectId: project.id, annotatorId: ada.id, task, envelope };
}

it.each(labelKinds)(
  "a %s is kept, listed, opened again, corrected and taken into a snapshot as it was said",
  async (kind) => {
    const { own, projectId, task, envelope } = await scene(kind);
    const given = SAID[kind].answer(task);
    const submission = labelSubmissionSchema.parse({ ...envelope(), ...given, note: " why " });
    const { labelId } = await submitLabel({ ...own, submission });

    const reopened = await reopenLabel({ ...own, labelId });
    expect(reopened.answer).toEqual({ ...given, note: "why" });
    expect(reopened.task.completions).toEqual(task.completions);

    const corrected = await correctLabel({ ...own, labelId, submission: { ...submission, ...envelope() } });
    const [first = "", second = ""] = task.completions.map(({ name }) => name);
    expect([first, second].sort()).toEqual(["A", "B"]);
    const { rows } = await listMyLabels({ ...own, limit: 10 });
    expect(rows.map(({ id, outcome, superseded }) => [id, outcome, superseded])).toEqual([
      [corrected.labelId, SAID[kind].words(first, second), false],
      [labelId, SAID[kind].words(first, second), true],
    ]);
    const forAll = await listLabels({ ...own, limit: 10 });
    expect(forAll.rows.map(({ outcome }) => outcome)).toEqual(rows.map(({ outcome }) => outcome));

    const snapshot = await readAll(projectId);
    // What people train on names the completions of the database, which the page has never known.
    const kept = await database().completion.findMany({ where: { tasks: { some: { taskId: task.taskId } } } });
    const idOf = (id: string) => {
      const content = task.completions.find((completion) => completion.id === id)?.content;
      return kept.find((completion) => completion.content === content)?.id ?? id;
    };
    expect(idOf(idsOf(task)[0])).not.toBe(idsOf(task)[0]);
    expect(snapshot.labels).toMatchObject([{ id: corrected.labelId, ...renameCompletions(entryOf(given), idOf) }]);
    expect(snapshot.leftOut).toEqual([{ labelId, reason: "superseded" }]);
  },
);

it.each(labelKinds)(
  "a %s without its rows is an error in lists and snapshots, not an answer of another kind",
  async (kind) => {
    const { own, projectId, annotatorId, envelope } = await scene(kind);
    const { taskId, idempotencyKey } = envelope();
    const { id: labelId } = await database().label.create({
      data: { projectId, annotatorId, taskId, kind, idempotencyKey },
    });
    await expect(listMyLabels({ ...own, limit: 10 })).rejects.toThrow(`label ${labelId} lacks its`);
    await expect(reopenLabel({ ...own, labelId })).rejects.toThrow(`label ${labelId} lacks its`);
    await expect(readAll(projectId)).rejects.toThrow(`label ${labelId} lacks its`);
  },
);

it.each(labelKinds)("a %s task takes no answer of another kind, and none that does not fit", async (kind) => {
  const { own, projectId, task, envelope } = await scene(kind);
  const other = labelKinds.find((one) => one !== kind && one !== "rating") ?? "comparison";
  const wrongKind = { ...envelope(), ...SAID[other].answer(task) };
  await expect(submitLabel({ ...own, submission: wrongKind })).rejects.toThrow(
    `this task asks for a ${kind}, not a ${other}`,
  );
  const ofAnotherTask = { ...task, completions: task.completions.map((one) => ({ ...one, id: randomUUID() })) };
  const misfit = { ...envelope(), ...SAID[kind].answer(ofAnotherTask) };
  await expect(submitLabel({ ...own, submission: misfit })).rejects.toMatchObject({ code: "label-invalid" });
  expect(await database().label.count({ where: { projectId } })).toBe(0);
});
