import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { database } from "../database/client";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { correctLabel } from "./correct-label";
import { labelProgress } from "./label-progress";
import { listMyLabels } from "./list-labels";
import { type LabelTask, nextTask } from "./next-task";
import { giveBackTasks, renewLease } from "./renew-lease";
import { saveDraft } from "./save-draft";
import { forgetSearches } from "./search-memory";
import { skipTask, unskipTask } from "./skip-task";
import { submitLabel } from "./submit-label";
import { withdrawLabel } from "./withdraw-label";

withTestDatabase();

async function scene({ count = 1, requiredLabels = 1, people = 1 } = {}) {
  const admin = await makeUser("Ada");
  const annotators = await Promise.all(Array.from({ length: people }, (_, index) => makeUser(`Annotator${index}`)));
  const project = await makeProject(admin, annotators);
  const tasks = await makeComparisonTasks(project, { count, requiredLabels });
  const as = (userId: string) => actorIn(project.id, userId, "annotator");
  const next = (userId: string, exclude: string[] = []) => nextTask({ actor: as(userId), exclude });
  const submit = (userId: string, task: LabelTask, key?: string) =>
    submitLabel({ actor: as(userId), submission: chooseFirst(task, key) });
  const [first] = annotators;
  if (!first) throw new Error("no annotator");
  return { admin, annotators, first, project, tasks, as, next, submit };
}

const must = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw new Error("expected a value");
  return value;
};

describe("leases", () => {
  it("gives ten parallel annotators exactly the overlap that is asked for", async () => {
    const { project, annotators, next, submit, tasks } = await scene({ count: 6, requiredLabels: 3, people: 10 });
    await Promise.all(
      annotators.map(async ({ id }) => {
        for (let task = await next(id); task; task = await next(id)) await submit(id, task);
      }),
    );
    const labels = await database().label.findMany({ where: { projectId: project.id } });
    for (const task of tasks) {
      const people = labels.filter((label) => label.taskId === task.id).map((label) => label.annotatorId);
      expect(people).toHaveLength(3);
      expect(new Set(people).size).toBe(3);
    }
    expect(await database().task.count({ where: { projectId: project.id, completedAt: null } })).toBe(0);
  });

  it("hands one task with two places to exactly two of ten who ask at once", async () => {
    const { annotators, next } = await scene({ count: 1, requiredLabels: 2, people: 10 });
    const given = await Promise.all(annotators.map(({ id }) => next(id)));
    expect(given.filter((task) => task !== null)).toHaveLength(2);
  });

  it("returns the open task on a revisit with the same order, and another one beside it for the prefetch", async () => {
    const { first, next } = await scene({ count: 2 });
    const task = must(await next(first.id));
    const again = must(await next(first.id));
    expect(again.taskId).toBe(task.taskId);
    expect(again.completions).toEqual(task.completions);
    const prefetched = must(await next(first.id, [task.taskId]));
    expect(prefetched.taskId).not.toBe(task.taskId);
    expect(await next(first.id, [task.taskId, prefetched.taskId])).toBeNull();
  });

  it("frees the place of a lease that ran out, and refuses the late answer once it is taken", async () => {
    const { annotators, next, submit, as } = await scene({ count: 1, people: 2 });
    const [slow, quick] = [must(annotators[0]), must(annotators[1])];
    const task = must(await next(slow.id));
    expect(await next(quick.id)).toBeNull();
    const { taskId } = task;
    await database().taskLease.updateMany({ where: { taskId }, data: { expiresAt: new Date(0) } });
    // Half an hour has passed, while searches are remembered for seconds.
    forgetSearches((await database().task.findUniqueOrThrow({ where: { id: taskId } })).projectId);
    const taken = must(await next(quick.id));
    await expect(submit(slow.id, task)).rejects.toMatchObject({ code: "task-taken-conflict" });
    const renewal = renewLease({ actor: as(slow.id), taskId });
    await expect(renewal).rejects.toMatchObject({ code: "task-taken-conflict" });
    await submit(quick.id, taken);
    expect(await database().label.count({ where: { taskId } })).toBe(1);
  });

  it("takes the late answer while the place is still free", async () => {
    const { first, next, submit } = await scene();
    const task = must(await next(first.id));
    await database().taskLease.updateMany({ where: { taskId: task.taskId }, data: { expiresAt: new Date(0) } });
    expect(await submit(first.id, task)).toMatchObject({ taskDone: true });
  });

  it("shuffles the sides over annotators and tells nothing of the models", async () => {
    const { project, annotators, next } = await scene({ count: 1, requiredLabels: 30, people: 30 });
    const model = await database().modelVersion.findFirstOrThrow({ where: { projectId: project.id } });
    const shown = await Promise.all(annotators.map(({ id }) => next(id)));
    expect(JSON.stringify(shown)).not.toContain(model.name);
    expect(JSON.stringify(shown)).not.toContain(model.id);
    for (const { id } of await database().completion.findMany({ where: { projectId: project.id } }))
      expect(JSON.stringify(shown)).not.toContain(id);
    const left = new Set(shown.map((task) => task?.completions[0]?.content));
    expect(left.size).toBe(2); // all thirty on one side have a chance of 2 in 10⁹
  });
});

describe("answers", () => {
  it("keeps an answer that is sent five times at once a single time", async () => {
    const { first, next, submit, project } = await scene();
    const task = must(await next(first.id));
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => submit(first.id, task, key)));
    expect(new Set(answers.map(({ labelId }) => labelId)).size).toBe(1);
    expect(await database().label.count({ where: { projectId: project.id } })).toBe(1);
    // Whoever knew the models now could turn the answer round: nothing of them is told.
    expect(Object.keys(answers[0] ?? {})).toEqual(["labelId", "taskDone"]);
  });

  it("refuses a second answer of the same person under another key, and a key of another task", async () => {
    const { first, next, submit } = await scene({ count: 2 });
    const task = must(await next(first.id));
    const key = randomUUID();
    await submit(first.id, task, key);
    await expect(submit(first.id, task)).rejects.toMatchObject({ code: "already-labelled-conflict" });
    const other = must(await next(first.id));
    await expect(submit(first.id, other, key)).rejects.toMatchObject({ code: "idempotency-key-conflict" });
  });

  it("refuses a choice outside the task, a wrong kind and a wrong order, and writes nothing", async () => {
    const { first, next, project, as } = await scene();
    const task = must(await next(first.id));
    const good = chooseFirst(task);
    const bad = [
      { ...good, comparison: { ...good.comparison, chosenCompletionId: randomUUID() } },
      { ...good, shownOrder: good.shownOrder.slice(1) },
      { ...good, kind: "ranking" as const, ranking: { ranks: [] } },
    ];
    for (const submission of bad)
      await expect(submitLabel({ actor: as(first.id), submission })).rejects.toMatchObject({
        code: "label-invalid",
      });
    expect(await database().label.count({ where: { projectId: project.id } })).toBe(0);
  });

  it("opens the task again for the one who takes the answer back, and for nobody else", async () => {
    const { annotators, next, submit, as } = await scene({ people: 2 });
    const [one, other] = [must(annotators[0]), must(annotators[1])];
    const task = must(await next(one.id));
    const { labelId } = await submit(one.id, task);
    const undo = { actor: as(one.id), labelId };
    await Promise.all([withdrawLabel(undo), withdrawLabel(undo)]);
    expect(await next(other.id)).toBeNull();
    const again = must(await next(one.id));
    expect(again.taskId).toBe(task.taskId);
    await submit(one.id, again);
    const mine = await listMyLabels({ actor: as(one.id), limit: 10 });
    expect(mine.rows.map(({ withdrawn, outcome }) => [withdrawn, outcome])).toEqual([
      [false, `${task.completions[0]?.name} clearly better`],
      [true, `${task.completions[0]?.name} clearly better`],
    ]);
    expect(mine.rows[0]?.left).toBe(task.completions[0]?.name);
    await expect(withdrawLabel({ ...undo, actor: as(other.id) })).rejects.toMatchObject({ code: "label-not-found" });
  });

  it("supersedes on correction and counts once", async () => {
    const { first, next, submit, as } = await scene();
    const task = must(await next(first.id));
    const { labelId } = await submit(first.id, task);
    const submission = { ...chooseFirst(task), comparison: { outcome: "tie" as const } };
    const correction = { actor: as(first.id), labelId, submission };
    const corrected = await correctLabel(correction);
    expect(await correctLabel(correction)).toEqual(corrected);
    await expect(correctLabel({ ...correction, submission: chooseFirst(task) })).rejects.toMatchObject({
      code: "label-not-live-conflict",
    });
    const progress = await labelProgress(as(first.id));
    expect(progress).toMatchObject({ mine: { today: 1, total: 1 }, remaining: 0, total: 1 });
    await withdrawLabel({ actor: as(first.id), labelId: corrected.labelId });
    expect(await labelProgress(as(first.id))).toMatchObject({
      mine: { total: 0 },
      remaining: 1,
      byKind: [{ kind: "comparison", remaining: 1 }],
    });
  });

  it("does not offer a skipped task again and frees its place", async () => {
    const { annotators, next, as } = await scene({ people: 2 });
    const [one, other] = [must(annotators[0]), must(annotators[1])];
    const task = must(await next(one.id));
    await skipTask({ actor: as(one.id), taskId: task.taskId, reason: "need_expertise" });
    expect(await next(one.id)).toBeNull();
    expect((await next(other.id))?.taskId).toBe(task.taskId);
  });

  it("takes a skip back while the place is free, and gives that task first", async () => {
    const { annotators, next, as } = await scene({ people: 2, count: 2 });
    const [one, other] = [must(annotators[0]), must(annotators[1])];
    const task = must(await next(one.id));
    await next(one.id, [task.taskId]);
    const undo = { actor: as(one.id), taskId: task.taskId };
    await skipTask({ ...undo, reason: "need_expertise" });
    await unskipTask(undo);
    expect((await next(one.id))?.taskId).toBe(task.taskId);
    await skipTask({ ...undo, reason: "need_expertise" });
    await next(other.id);
    await expect(unskipTask(undo)).rejects.toMatchObject({ code: "task-taken-conflict" });
    expect(await database().taskSkip.count({ where: { userId: one.id } })).toBe(1);
  });

  it("holds a task that is only fetched ahead for two minutes, an opened one for thirty, and none that is given back", async () => {
    const { annotators, next, as } = await scene({ people: 2, count: 2 });
    const [one, other] = [must(annotators[0]), must(annotators[1])];
    const open = must(await next(one.id));
    const ahead = must(await nextTask({ actor: as(one.id), exclude: [open.taskId], isAhead: true }));
    const minutes = ({ leaseExpiresAt }: { leaseExpiresAt: Date | null }) =>
      Math.round((Number(leaseExpiresAt) - Date.now()) / 60_000);
    expect([minutes(open), minutes(ahead)]).toEqual([30, 2]);
    expect(minutes(must(await nextTask({ actor: as(one.id), exclude: [], isAhead: true })))).toBe(30);
    expect(await next(other.id)).toBeNull();
    await giveBackTasks({ actor: as(other.id), taskIds: [ahead.taskId] });
    expect(await next(other.id)).toBeNull();
    await giveBackTasks({ actor: as(one.id), taskIds: [ahead.taskId] });
    expect((await next(other.id))?.taskId).toBe(ahead.taskId);
    expect(minutes(await renewLease({ actor: as(one.id), taskId: open.taskId }))).toBe(30);
  });

  it("tells what other people have open, and until when", async () => {
    const { annotators, next, as, submit } = await scene({ people: 2, count: 2 });
    const [one, other] = [must(annotators[0]), must(annotators[1])];
    await submit(one.id, must(await next(one.id)));
    expect((await labelProgress(as(one.id))).elsewhere).toEqual({ count: 0, until: null });
    const { leaseExpiresAt: until } = must(await next(other.id));
    expect(await labelProgress(as(one.id))).toMatchObject({ remaining: 0, elsewhere: { count: 1, until } });
    expect(await labelProgress(as(other.id))).toMatchObject({ remaining: 1, elsewhere: { count: 0, until: null } });
  });

  it("keeps a draft until the answer is given", async () => {
    const { first, next, submit, as } = await scene();
    const task = must(await next(first.id));
    await saveDraft({ actor: as(first.id), taskId: task.taskId, content: "half a thought" });
    expect((await next(first.id))?.draft?.content).toBe("half a thought");
    const { savedAt } = await saveDraft({ actor: as(first.id), taskId: task.taskId, content: "a whole thought" });
    expect((await next(first.id))?.draft).toEqual({ content: "a whole thought", savedAt });
    await submit(first.id, task);
    const late = await saveDraft({
      actor: as(first.id),
      taskId: task.taskId,
      content: "sent before the answer came in",
    });
    expect(late).toEqual({ savedAt: null });
    expect(await database().labelDraft.count()).toBe(0);
  });
});
