import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { countLiveLabels, countPeople, summariseLabels } from "./live-label-counts";

withTestDatabase();

it("counts the labels that live, by all, by today and by what a dataset version knows, as a look at each would", async () => {
  const [ada, bo] = await Promise.all([makeUser("Ada"), makeUser("Bo")]);
  const project = await makeProject(ada, [bo]);
  await makeComparisonTasks(project, { count: 4, requiredLabels: 2 });
  const slug = { project: project.slug };
  const given: { labelId: string; taskId: string; task: Parameters<typeof chooseFirst>[0] }[] = [];
  for (const user of [ada, ada, ada, bo]) {
    const caller = createCaller({ user });
    const task = await caller.labels.next(slug);
    if (!task) throw new Error("no task");
    given.push({ ...(await caller.labels.submit({ ...slug, ...chooseFirst(task) })), taskId: task.taskId, task });
  }
  const [first, second, third, fourth] = given;
  if (!first || !second || !third || !fourth) throw new Error("too few labels");
  await database().label.update({
    where: { id: second.labelId },
    data: { createdAt: new Date(Date.now() - 2 * 86_400_000) },
  });
  const common = { projectId: project.id, createdById: ada.id, folder: "datasets/x", status: "ready" as const };
  const version = await database().datasetVersion.create({ data: { ...common, version: 1, exportedCount: 3 } });
  await database().datasetLedgerEntry.createMany({
    data: [first, second, third].map(({ labelId }) => ({ datasetVersionId: version.id, labelId, used: true })),
  });
  const caller = createCaller({ user: ada });
  await caller.labels.withdraw({ ...slug, labelId: first.labelId });
  await caller.labels.correct({ ...slug, ...chooseFirst(third.task, randomUUID()), labelId: third.labelId });
  await createCaller({ user: bo }).labels.withdraw({ ...slug, labelId: fourth.labelId });

  expect(await countLiveLabels(database(), [project.id])).toEqual(new Map([[project.id, 2]]));
  expect(await summariseLabels(database(), project.id, version)).toEqual({ count: 2, today: 1, newSince: 1 });
  expect(await summariseLabels(database(), project.id, null)).toEqual({ count: 2, today: 1, newSince: 2 });
  expect(await countPeople(database(), project.id)).toBe(1); // Bo has taken the only answer back
  const members = await caller.members.list(slug);
  expect(members.map(({ name, labelCount }) => [name, labelCount])).toEqual([
    ["Ada", 2],
    ["Bo", 0],
  ]);
  expect(members[1]?.lastLabelAt).toBeNull();
});
