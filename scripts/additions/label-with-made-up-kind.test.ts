import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import type { LabelKind } from "@/domain/labels/kinds";
import { labelSubmissionSchema } from "@/domain/labels/submission";
import { database } from "@/server/database/client";
import { listMyLabels } from "@/server/labels/list-labels";
import { nextTask } from "@/server/labels/next-task";
import { reopenLabel } from "@/server/labels/reopen-label";
import { submitLabel } from "@/server/labels/submit-label";
import { insertTasks } from "@/server/tasks/insert-tasks";
import { actorIn } from "@/server/testing/actors";
import { readAll } from "@/server/testing/all-records";
import { withTestDatabase } from "@/server/testing/test-database";
import { makeComparisonTasks, makeProject, makeUser } from "@/server/testing/test-rows";

/** The lists of kinds with a made-up one, which the whole server works with in this file. */
const home = await vi.hoisted(async () => {
  const { madeUpKind } = await import("./made-up-kind");
  const { writeOverlay } = await import("./overlay");
  return writeOverlay({ ...madeUpKind.domain, ...madeUpKind.server });
});
vi.mock("@/domain/labels/kinds", () => import(path.join(home, "domain/labels/kinds.ts")));
vi.mock("@/server/labels/kinds", () => import(path.join(home, "server/labels/kinds.ts")));
afterAll(() => fs.rmSync(home, { recursive: true }));

withTestDatabase();

it("keeps, lists, opens again and converts the labels of a kind that the database does not know", async () => {
  const ada = await makeUser("Ada");
  const project = await makeProject(ada);
  const own = { actor: actorIn(project.id, ada.id) };
  await makeComparisonTasks(project, { count: 1 });
  await database().task.updateMany({ where: { projectId: project.id }, data: { kind: "verdict" } });
  const task = await nextTask({ ...own, exclude: [] });
  if (!task) throw new Error("a task is expected");
  const [first, second] = task.completions.map(({ id }) => id);
  const verdicts = [
    { completionId: first, good: true },
    { completionId: second, good: false },
  ];
  const given = { kind: "verdict", verdict: { verdicts, why: "the second one makes it up" } };
  const envelope = { taskId: task.taskId, idempotencyKey: randomUUID(), shownOrder: [first, second] };

  const half = { ...given, verdict: { ...given.verdict, verdicts: verdicts.slice(0, 1) } };
  await expect(
    submitLabel({ ...own, submission: labelSubmissionSchema.parse({ ...envelope, ...half }) }),
  ).rejects.toThrow("a verdict judges every completion of its task");
  const submission = labelSubmissionSchema.parse({ ...envelope, ...given });
  const { labelId } = await submitLabel({ ...own, submission });

  const written = await database().completion.findMany({ where: { projectId: project.id } });
  const [keptFirst, keptSecond] = task.completions.map(
    ({ content }) => written.find((completion) => completion.content === content)?.id,
  );
  expect(await database().labelValue.findMany({ where: { labelId }, orderBy: { position: "asc" } })).toEqual([
    { labelId, position: 0, name: "good", completionId: keptFirst, number: 1, text: null },
    { labelId, position: 1, name: "good", completionId: keptSecond, number: 0, text: null },
    { labelId, position: 2, name: "why", completionId: null, number: null, text: "the second one makes it up" },
  ]);
  expect((await reopenLabel({ ...own, labelId })).answer).toEqual({ ...given, note: null });
  const { rows } = await listMyLabels({ ...own, limit: 10 });
  expect(rows.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    [
      "verdict",
      task.completions
        .map(({ name }, place) => `${name} ${place === 0 ? "good" : "bad"}`)
        .sort()
        .join(", "),
    ],
  ]);
  const { records } = await readAll(project.id);
  expect(records).toMatchObject([
    { kind: "unpaired", completionId: keptFirst, desirable: true, labelIds: [labelId] },
    { kind: "unpaired", completionId: keptSecond, desirable: false, labelIds: [labelId] },
  ]);
});

it("refuses to read or write a kind that no list names", async () => {
  const ada = await makeUser("Ada");
  const project = await makeProject(ada);
  const own = { actor: actorIn(project.id, ada.id) };
  const [task] = await makeComparisonTasks(project, { count: 1 });
  const of = { projectId: project.id, createdById: ada.id, requiredLabels: 1 };
  const tasks = [{ promptId: task?.promptId ?? "", completionIds: [] }];
  const guess = { ...of, kind: "guess" as LabelKind, tasks };
  const unknown = 'There is no label kind "guess" in this version.';
  await expect(database().$transaction((tx) => insertTasks(tx, guess))).rejects.toThrow(unknown);
  expect(await database().task.count({ where: { projectId: project.id } })).toBe(1);
  await database().task.updateMany({ where: { projectId: project.id }, data: { kind: "guess" } });
  await expect(nextTask({ ...own, exclude: [] })).rejects.toThrow(unknown);
});
