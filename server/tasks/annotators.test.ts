import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";

withTestDatabase();

async function scene() {
  const [ada, bo, cleo] = await Promise.all(["Ada", "Bo", "Cleo"].map((name) => makeUser(name)));
  if (!ada || !bo || !cleo) throw new Error("no people");
  const project = await makeProject(ada, [bo, cleo]);
  await makeComparisonTasks(project, { count: 3 });
  await database().task.updateMany({ where: { projectId: project.id }, data: { archivedAt: new Date() } });
  const [prompt] = await database().prompt.findMany({ where: { projectId: project.id }, orderBy: { id: "asc" } });
  await database().prompt.update({ where: { id: prompt?.id ?? "" }, data: { taskType: "code" } });
  const slug = { project: project.slug };
  const as = (user: typeof ada) => createCaller({ user });
  const wish = { ...slug, kind: "comparison" as const, promptIds: "all" as const };
  return { ada, bo, cleo, project, slug, as, wish, promptId: prompt?.id ?? "" };
}

describe("tasks for chosen people", () => {
  it("are handed to them alone, and taken from nobody else", async () => {
    const { ada, bo, cleo, slug, as, wish } = await scene();
    await as(ada).tasks.create({ ...wish, annotatorIds: [bo.id] });
    expect(await as(cleo).labels.next(slug)).toBeNull();
    expect((await as(cleo).labels.progress(slug)).remaining).toBe(0);
    expect((await as(bo).labels.progress(slug)).remaining).toBe(3);
    const task = await as(bo).labels.next(slug);
    if (!task) throw new Error("no task");
    // Each page has ids of its own for the completions; Cleo's would be these.
    const places = await database().taskCompletion.findMany({ where: { taskId: task.taskId } });
    const hers = { ...task, completions: places.map(({ completionId }) => ({ id: completionId })) };
    await expect(as(cleo).labels.submit({ ...slug, ...chooseFirst(hers) })).rejects.toMatchObject({ code: "CONFLICT" });
    await as(bo).labels.submit({ ...slug, ...chooseFirst(task) });
    const { rows } = await as(ada).tasks.list({ ...slug, status: "open" });
    expect(rows.map(({ annotators }) => annotators.map(({ name }) => name))).toEqual([["Bo"], ["Bo"]]);
  });

  it("can be given to others; who had one open loses the place, what was given stays", async () => {
    const { ada, bo, cleo, slug, as, wish } = await scene();
    await as(ada).tasks.create({ ...wish, annotatorIds: [bo.id] });
    const task = await as(bo).labels.next(slug);
    if (!task) throw new Error("no task");
    await as(ada).tasks.setAnnotators({ ...slug, taskId: task.taskId, annotatorIds: [cleo.id] });
    await expect(as(bo).labels.submit({ ...slug, ...chooseFirst(task) })).rejects.toMatchObject({ code: "CONFLICT" });
    const hers = await as(cleo).labels.next(slug);
    if (hers?.taskId !== task.taskId) throw new Error("another task");
    await as(ada).tasks.setAnnotators({ ...slug, taskId: task.taskId, annotatorIds: [] });
    await as(cleo).labels.submit({ ...slug, ...chooseFirst(hers) });
    expect((await as(bo).labels.progress(slug)).remaining).toBe(2);
  });

  it("need as many people as labels, all of them members", async () => {
    const { ada, bo, cleo, project, slug, as, wish } = await scene();
    const stranger = await makeUser("Stranger");
    const { create, list } = as(ada).tasks;
    await expect(create({ ...wish, annotatorIds: [bo.id], requiredLabels: 2 })).rejects.toThrow(/needs 2 people/);
    await expect(create({ ...wish, annotatorIds: [bo.id, stranger.id] })).rejects.toThrow(/no such member/);
    expect((await list({ ...slug, status: "open" })).rows).toEqual([]);
    await create({ ...wish, annotatorIds: [bo.id, cleo.id, bo.id], requiredLabels: 2 });
    expect(await database().taskAssignee.count({ where: { task: { projectId: project.id } } })).toBe(6);
  });

  it("can be of the prompts of one task type", async () => {
    const { ada, slug, as, wish, promptId } = await scene();
    expect(await as(ada).tasks.create({ ...wish, taskType: "code" })).toMatchObject({ created: 1 });
    expect((await as(ada).tasks.list({ ...slug, status: "open" })).rows.map((row) => row.promptId)).toEqual([promptId]);
    await expect(as(ada).tasks.create({ ...wish, taskType: "poetry" })).rejects.toThrow(/no such prompts/);
  });
});

describe("task templates", () => {
  it("keep what tasks are to be like under a name; the same name replaces", async () => {
    const { ada, bo, project, slug, as } = await scene();
    const { saveTemplate, templates, removeTemplate } = as(ada).tasks;
    const common = { ...slug, name: "Code, twice", kind: "rating" as const };
    const { templateId } = await saveTemplate({ ...common, taskType: "code", annotatorIds: [ada.id, bo.id] });
    expect(await templates(slug)).toEqual([
      {
        id: templateId,
        completions: "all",
        name: "Code, twice",
        kind: "rating",
        taskType: "code",
        requiredLabels: 1,
        annotators: [
          { id: ada.id, name: "Ada" },
          { id: bo.id, name: "Bo" },
        ],
      },
    ]);
    expect(await saveTemplate({ ...common, requiredLabels: 3 })).toEqual({ templateId });
    expect(await templates(slug)).toMatchObject([{ taskType: null, requiredLabels: 3, annotators: [] }]);
    await removeTemplate({ ...slug, templateId });
    expect(await templates(slug)).toEqual([]);
    const audit = await database().auditEntry.findMany({ where: { projectId: project.id }, orderBy: { id: "asc" } });
    expect(audit.map(({ action }) => action)).toEqual([
      "tasks.saveTemplate",
      "tasks.saveTemplate",
      "tasks.removeTemplate",
    ]);
  });

  it("still name who has left the project, so that a restriction does not become none", async () => {
    const { ada, bo, project, slug, as } = await scene();
    await as(ada).tasks.saveTemplate({ ...slug, name: "Bo's", kind: "comparison", annotatorIds: [bo.id] });
    await database().membership.delete({ where: { projectId_userId: { projectId: project.id, userId: bo.id } } });
    expect(await as(ada).tasks.templates(slug)).toMatchObject([{ annotators: [{ name: "Bo" }] }]);
    await expect(as(ada).tasks.removeTemplate({ ...slug, templateId: randomUUID() })).rejects.toThrow(/no such task/);
  });
});
