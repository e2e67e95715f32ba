import { expect, it } from "vitest";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";

withTestDatabase();

async function scene(count: number) {
  const [ada, bo, cleo] = await Promise.all(["Ada", "Bo", "Cleo"].map((name) => makeUser(name)));
  if (!ada || !bo || !cleo) throw new Error("no people");
  const project = await makeProject(ada, [bo, cleo]);
  const tasks = await makeComparisonTasks(project, { count });
  const slug = { project: project.slug };
  const as = (user: typeof ada) => createCaller({ user });
  const statuses = async () => {
    const stuck = await as(ada).tasks.list({ ...slug, status: "stuck" });
    const open = await as(ada).tasks.list({ ...slug, status: "open" });
    expect(await as(ada).tasks.stuckCount(slug)).toBe(stuck.rows.length);
    const overview = await as(ada).projects.overview(slug);
    expect(overview.tasks).toMatchObject({ open: open.rows.length, stuck: stuck.rows.length });
    return { open: open.rows.map(({ id }) => id).sort(), stuck: new Map(stuck.rows.map((row) => [row.id, row.stuck])) };
  };
  return { ada, bo, cleo, project, slug, as, tasks: tasks.map(({ id }) => id), statuses };
}

it("are told with the reason, and freed all at once", async () => {
  const { ada, bo, cleo, slug, as, tasks, statuses } = await scene(5);
  const [left = "", skipped = "", archived = "", answered = "", fine = ""] = tasks;
  await as(ada).tasks.setAnnotators({ ...slug, taskId: left, annotatorIds: [bo.id] });
  const reason = "unclear_prompt" as const;
  for (const person of [ada, bo, cleo]) await as(person).labels.skip({ ...slug, taskId: skipped, reason });
  const prompt = await database().task.findUniqueOrThrow({ where: { id: archived } });
  await as(ada).tasks.setAnnotators({ ...slug, taskId: answered, annotatorIds: [cleo.id] });
  await database().task.update({ where: { id: answered }, data: { requiredLabels: 2, priority: 9 } });
  const task = await as(cleo).labels.next(slug);
  if (task?.taskId !== answered) throw new Error("another task");
  const { labelId } = await as(cleo).labels.submit({ ...slug, ...chooseFirst(task) });
  expect((await statuses()).stuck).toEqual(
    new Map([
      [skipped, { code: "passed_over", skips: [{ reason, count: 3 }] }],
      [answered, { code: "all_asked", skips: [] }],
    ]),
  );
  await as(ada).members.remove({ ...slug, userId: bo.id });
  await as(ada).prompts.archive({ ...slug, promptId: prompt.promptId });
  const before = await statuses();
  expect(before.open).toEqual([fine]);
  expect(before.stuck.get(left)?.code).toBe("people_left");
  expect(before.stuck.get(archived)?.code).toBe("prompt_archived");

  await as(cleo).labels.withdraw({ ...slug, labelId }); // who took the answer back may give another
  expect((await statuses()).open).toContain(answered);
  expect(await as(ada).tasks.freeStuck({ ...slug, act: "give_to_everyone" })).toEqual({ changed: 1, stillStuck: 2 });
  expect(await as(ada).tasks.freeStuck({ ...slug, act: "offer_again" })).toEqual({ changed: 1, stillStuck: 1 });
  expect((await statuses()).open).toEqual([left, skipped, answered, fine].sort());
  expect(await as(ada).tasks.freeStuck({ ...slug, act: "archive" })).toEqual({ changed: 1, stillStuck: 0 });
  const { rows, counts } = await as(ada).tasks.list({ ...slug, status: "archived" });
  expect(rows.map(({ id }) => id)).toEqual([archived]);
  expect(counts).toEqual({ open: 4, done: 0, archived: 1 });
});

it("a task that somebody has open says who and until when, and can be released or archived", async () => {
  const { ada, bo, slug, as, tasks } = await scene(1);
  const [taskId = ""] = tasks;
  const task = await as(bo).labels.next(slug);
  if (!task) throw new Error("no task");
  const row = async (status: "open" | "archived" = "open") => (await as(ada).tasks.list({ ...slug, status })).rows[0];
  expect((await row())?.heldBy).toEqual([{ id: bo.id, name: "Bo", until: task.leaseExpiresAt }]);
  expect(await as(ada).labels.next(slug)).toBeNull();
  await as(ada).tasks.release({ ...slug, taskId, userId: bo.id });
  expect((await row())?.heldBy).toEqual([]);
  expect(await as(ada).labels.next(slug)).toMatchObject({ taskId });
  await as(ada).tasks.archive({ ...slug, taskId, archived: true });
  expect(await row("archived")).toMatchObject({ id: taskId, status: "archived", heldBy: [] });
  expect(await as(bo).labels.next(slug)).toBeNull();
  await as(ada).tasks.archive({ ...slug, taskId, archived: false });
  expect(await as(bo).labels.next(slug)).toMatchObject({ taskId });
});
