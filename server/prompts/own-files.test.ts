import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { CurrentUser } from "../access/current-user";
import { database } from "../database/client";
import { createDatasetVersion } from "../datasets/create-dataset-version";
import { openLabelExport } from "../labels/export-labels";
import { labelProgress } from "../labels/label-progress";
import { listLabels, listMyLabels } from "../labels/list-labels";
import { nextTask } from "../labels/next-task";
import { reopenLabel } from "../labels/reopen-label";
import { submitLabel } from "../labels/submit-label";
import { withdrawLabel } from "../labels/withdraw-label";
import { listPairs, readQuality } from "../quality/read-quality";
import { openTaskExport } from "../tasks/export-tasks";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { importPrompts, previewFile } from "../testing/test-imports";
import { withTestQueue } from "../testing/test-loop";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";

withTestDatabase();
withTestQueue();

type Row = Record<string, unknown>;
const toFile = (rows: readonly Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const toRows = (content: string) =>
  content
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

async function place(admin: CurrentUser, annotators: CurrentUser[] = []) {
  const project = await makeProject(admin, annotators);
  const actor = actorIn(project.id, admin.id);
  const take = (content: string, by = actor, fileName = "labels.jsonl") =>
    importPrompts({
      ...{ fileName, format: "jsonl", contentBase64: Buffer.from(content).toString("base64") },
      ...{ actor: by, takeAnswers: true },
    });
  const labels = () => text(openLabelExport({ actor, format: "jsonl" }));
  const tasks = () => text(openTaskExport({ actor }));
  const version = () => createDatasetVersion({ projectId: project.id, userId: admin.id });
  const count = () => database().label.count({ where: { projectId: project.id } });
  return { project, actor, take, labels, tasks, version, count };
}

/** A project in which Ann and Cy answered two of three comparisons; two labels each are wanted. */
async function home() {
  const [ada, ann, cy] = [await makeUser("Ada"), await makeUser("Ann"), await makeUser("Cy")];
  const here = await place(ada, [ann, cy]);
  await makeComparisonTasks(here.project, { count: 3, requiredLabels: 2 });
  for (const person of [ann, cy])
    for (let answered = 0; answered < 2; answered++) {
      const actor = actorIn(here.project.id, person.id, "annotator");
      const task = await nextTask({ actor, exclude: [] });
      if (!task) throw new Error("a task is expected");
      const completions = task.completions.toSorted((a, b) => (a.content < b.content ? -1 : 1));
      const submission = { ...chooseFirst({ ...task, completions }), note: `a note of ${person.name}`, flagged: true };
      await submitLabel({ actor, submission: { ...submission, shownOrder: task.completions.map(({ id }) => id) } });
    }
  return { ada, ann, cy, ...here };
}

describe("the labels of a project in another one", () => {
  it("are labels of the same tasks by the same people, with all that was said", async () => {
    const { ann, cy, ...from } = await home();
    const bob = await makeUser("Bob");
    const to = await place(bob);
    const content = await from.labels();
    // Labels of one task may come in different files, in any order.
    const rows = toRows(content).reverse();
    expect(await to.take(toFile(rows.slice(0, 1)))).toMatchObject({ labels: 1, accepted: 1 });
    expect(await to.take(toFile(rows))).toMatchObject({ labels: 3, accepted: 1 });
    expect(await database().task.count({ where: { projectId: to.project.id } })).toBe(2);
    expect(await database().completion.count({ where: { projectId: to.project.id } })).toBe(4);

    const again = toRows(await to.labels());
    const bare = (all: Row[]) => all.map(({ promptId, rubric, ...row }) => JSON.stringify(row)).sort();
    expect(bare(again)).toEqual(bare(rows));
    expect(new Set(again.map(({ annotatorId }) => annotatorId))).toEqual(new Set([ann.id, cy.id]));
    const [first, second] = [await from.version(), await to.version()];
    expect(second.hash).toBe(first.hash);

    const { annotators } = await readQuality(to.actor);
    const { rows: pairs } = await listPairs({ actor: to.actor, order: "shared", limit: 20 });
    const source = { fileName: "labels.jsonl", importedBy: "Bob" };
    expect(annotators.map(({ name, userId, total, ...of }) => [name, userId, total, of.source]).sort()).toEqual([
      ["Ann", null, 2, source],
      ["Cy", null, 2, source],
    ]);
    expect(annotators.every(({ choseLeft, medianSeconds }) => choseLeft.of === 2 && medianSeconds === 1)).toBe(true);
    expect(pairs).toMatchObject([{ shared: 2, people: [{ userId: null }, { userId: null }] }]);
    const { rows: listed } = await listLabels({ actor: to.actor, limit: 10 });
    expect(listed[0]).toMatchObject({ annotator: { id: null, source }, note: expect.stringMatching(/^a note of/) });
  });

  it("add nothing the second time, by whoever, nor in the project that they came from", async () => {
    const from = await home();
    const content = await from.labels();
    expect(await from.take(content)).toMatchObject({ labels: 0, accepted: 0 });
    const [bob, dee] = [await makeUser("Bob"), await makeUser("Dee")];
    const to = await place(bob, [dee]);
    const other = actorIn(to.project.id, dee.id);
    const both = await Promise.all([to.take(content), to.take(content, other)]);
    expect(both.map(({ labels }) => labels).sort()).toEqual([0, 4]);
    expect(await to.take(await to.labels())).toMatchObject({ labels: 0 });
    expect(await from.take(await to.labels())).toMatchObject({ labels: 0 });
    // A label that was taken back in its own project stays so.
    const label = await database().label.findFirstOrThrow({ where: { projectId: from.project.id } });
    await withdrawLabel({ actor: actorIn(from.project.id, label.annotatorId), labelId: label.id });
    expect(await from.take(content)).toMatchObject({ labels: 0 });

    const [row] = toRows(content);
    const one = { ...row, labelId: randomUUID(), annotatorId: "someone-else", annotator: "Eve" };
    expect(await to.take(`${content}${JSON.stringify(one)}\n`)).toMatchObject({ labels: 1 });
    expect(await database().task.count({ where: { projectId: to.project.id } })).toBe(2);
  });

  it("never act as labels of an account, whomever the file names", async () => {
    const from = await home();
    // The file comes into a project of the very instance, where its people have accounts; Ann imports it herself.
    const to = await place(from.ann, [from.cy]);
    await to.take(await from.labels());
    for (const person of [from.ann, from.cy]) {
      const own = actorIn(to.project.id, person.id);
      expect(await listMyLabels({ actor: own, limit: 10 })).toMatchObject({ rows: [] });
      expect((await labelProgress(own)).mine).toEqual({ today: 0, total: 0 });
      for (const { id: labelId } of await database().label.findMany({ where: { projectId: to.project.id } })) {
        await expect(withdrawLabel({ actor: own, labelId })).rejects.toMatchObject({ code: "label-not-found" });
        await expect(reopenLabel({ actor: own, labelId })).rejects.toMatchObject({ code: "label-not-found" });
      }
    }
    expect((await readQuality(to.actor)).annotators.every(({ userId }) => userId === null)).toBe(true);
    await expect(
      database().$executeRaw`
        UPDATE "Label" SET "importId" = NULL WHERE "projectId" = ${to.project.id}::uuid`,
    ).rejects.toThrow();
  });

  it("are corrected by a later file, and not by an earlier one", async () => {
    const from = await home();
    const before = toRows(await from.labels());
    const [row] = before;
    const to = await place(await makeUser("Bob"));
    await to.take(toFile(before));
    const corrected = {
      ...row,
      labelId: randomUUID(),
      comparison: { outcome: "tie" },
      createdAt: new Date().toISOString(),
    };
    const older = { ...corrected, labelId: randomUUID(), createdAt: "2026-01-01T00:00:00.000Z" };
    expect(await to.take(toFile([corrected, older]))).toMatchObject({ labels: 1 });
    expect(toRows(await to.labels())).toHaveLength(4);
    expect(await to.count()).toBe(5);
    expect(await to.labels()).toContain(corrected.labelId);
    expect(await to.labels()).not.toContain(`"labelId":"${row?.labelId}"`);
  });

  it("refuse a row whose answer does not fit its task, by line and key", async () => {
    const from = await home();
    const [row] = toRows(await from.labels());
    const to = await place(await makeUser("Bob"));
    const bad = (change: Row) => to.take(toFile([{ ...row, ...change }]));
    const comparison = { ...(row?.comparison as Row), chosenCompletionId: "nobody" };
    for (const [change, field] of [
      [{ comparison }, "comparison"],
      [{ comparison: { outcome: "maybe" } }, "comparison.outcome"],
      [{ kind: "guess" }, "kind"],
      [{ completions: [{ id: "a", content: "" }] }, "completions.0.content"],
      [{ durationMs: -1 }, "durationMs"],
      [{ requiredLabels: 0 }, "requiredLabels"],
    ] as const)
      await expect(bad(change)).rejects.toThrow(`labels.jsonl:1: ${field}: `);
    expect(await to.count()).toBe(0);
  });
});

describe("the open tasks of a project", () => {
  it("are open tasks in another one, and their labels come home", async () => {
    const from = await home();
    const bob = await makeUser("Bob");
    const to = await place(bob);
    const content = await from.tasks();
    expect(toRows(content)).toHaveLength(1);
    expect(await to.take(content)).toMatchObject({ labels: 0, tasks: 1, accepted: 1 });
    expect(await to.take(content)).toMatchObject({ labels: 0, tasks: 0 });
    expect(await from.take(content)).toMatchObject({ tasks: 0 });
    // The one who imported is asked like anybody else.
    const task = await nextTask({ actor: to.actor, exclude: [] });
    if (!task) throw new Error("a task is expected");
    await submitLabel({ actor: to.actor, submission: chooseFirst(task) });
    const back = await to.labels();
    expect(await from.take(back, from.actor, "from-bob.jsonl")).toMatchObject({ labels: 1, accepted: 0 });
    const open = await database().task.findFirstOrThrow({
      where: { projectId: from.project.id, completedAt: null },
      include: { labels: true },
    });
    expect(open.labels).toMatchObject([{ sourceAnnotatorId: bob.id, sourceAnnotator: "Bob" }]);
    // Bob's label is one of the two that the task needs: one more and it is done.
    const next = await nextTask({ actor: from.actor, exclude: [] });
    if (!next) throw new Error("the task has room for one more");
    expect(await submitLabel({ actor: from.actor, submission: chooseFirst(next) })).toMatchObject({ taskDone: true });
    // A tie of the two projects' labels is the same everywhere.
    expect(await to.take(await from.labels())).toMatchObject({ labels: 5 });
    expect((await to.version()).hash).toBe((await from.version()).hash);
  });

  it("may be written by hand, with the texts of the completions alone", async () => {
    const to = await place(await makeUser("Bob"));
    const rows = [
      { prompt: "Which?", kind: "comparison", completions: ["This one.", "That one."] },
      { prompt: "Write.", kind: "demonstration", requiredLabels: 2 },
      { prompt: "Order.", kind: "ranking", completions: ["a", { content: "b", finished: false }, "c"], priority: 3 },
      { prompt: "Rate.", kind: "rating", completions: ["a"], rubric: [{ name: "Tone", weight: 2 }, { name: "Facts" }] },
    ];
    expect(await to.take(toFile(rows))).toMatchObject({ accepted: 4, tasks: 4, labels: 0 });
    expect(await to.take(toFile(rows))).toMatchObject({ accepted: 0, tasks: 0 });
    const written = toRows(await to.tasks());
    expect(written).toMatchObject([
      { kind: "comparison", completions: [{ content: "This one.", origin: "imported" }, {}], status: "open" },
      { kind: "demonstration", requiredLabels: 2, completions: [] },
      { kind: "ranking", priority: 3, completions: [{}, { finished: false }, {}] },
      {
        kind: "rating",
        rubric: [
          { name: "Tone", weight: 2 },
          { name: "Facts", weight: 1 },
        ],
      },
    ]);
    await expect(to.take(toFile([{ ...rows[0], completions: ["one"] }]))).rejects.toThrow(
      "completions: a comparison task shows 2 completions, this row has 1",
    );
    await expect(to.take(toFile([{ ...rows[3], rubric: undefined }]))).rejects.toThrow("rubric: is missing");
  });
});

it("a look at an own file says which of its labels and open tasks the project has already, and that the format reads every key", async () => {
  const here = await home();
  const there = await place(here.ada);
  const [labels, tasks] = [await here.labels(), await here.tasks()];
  const look = (content: string, actor = there.actor) =>
    previewFile({
      ...{ actor, fileName: "own.jsonl", format: "jsonl" as const },
      contentBase64: Buffer.from(content).toString("base64"),
    });
  const fresh = await look(labels);
  expect(fresh).toMatchObject({ answers: { comparison: 4 }, knownAnswers: { comparison: 0 }, ignored: [] });
  expect(fresh.columns.filter(({ isRead }) => !isRead)).toEqual([]);
  await there.take(labels);
  await there.take(tasks);
  const openTasks = toRows(tasks).length;
  for (const actor of [there.actor, here.actor]) {
    expect(await look(labels, actor)).toMatchObject({ answers: { comparison: 4 }, knownAnswers: { comparison: 4 } });
    expect(await look(tasks, actor)).toMatchObject({
      answers: { openTask: openTasks },
      knownAnswers: { openTask: openTasks },
    });
  }
  const [row] = toRows(tasks);
  const changed = toFile([{ ...row, taskId: "another task" }]);
  expect(await look(changed)).toMatchObject({ answers: { openTask: 1 }, knownAnswers: { openTask: 0 } });
});
