import { expect } from "vitest";
import { DomainError } from "@/domain/errors";
import { Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import { correctLabel } from "../labels/correct-label";
import { freePlacesOf } from "../labels/lease-task";
import { nextTask } from "../labels/next-task";
import { renewLease } from "../labels/renew-lease";
import { reopenLabel } from "../labels/reopen-label";
import { forgetSearches } from "../labels/search-memory";
import { skipTask } from "../labels/skip-task";
import { submitLabel } from "../labels/submit-label";
import { withdrawLabel } from "../labels/withdraw-label";
import { setAnnotators } from "../tasks/set-annotators";
import { actorIn } from "./actors";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "./test-rows";

/** The refusals that a person may meet by being late; every other error ends the test. */
const REFUSALS = /-conflict$|^too-few-annotators$|^label-not-found$/;
const TASKS_AT_ONCE = 40;
const PEOPLE = 12;

export interface LabellingCounts {
  operations: number;
  labels: number;
  refused: number;
}

/**
 * Lets twelve people do random things to the tasks of one project at once: take, submit, send again, skip, withdraw, correct,
 * renew, be late (their lease runs out), lose an assignment or all places, while tasks are archived and new ones come. Tasks
 * want one to three labels. Checks again and again that no task has more labels and places than it wants.
 */
export async function labelAtRandom(operations: number, random: () => number): Promise<LabellingCounts> {
  const admin = await makeUser("Ada");
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, place) => makeUser(`Person${place}`)));
  const project = await makeProject(admin, people);
  const counts: LabellingCounts = { operations: 0, labels: 0, refused: 0 };
  const pick = <One>(ones: readonly One[]): One => ones[Math.floor(random() * ones.length)] as One;
  const anyTask = async () => {
    const tasks = await database().task.findMany({
      where: { projectId: project.id, archivedAt: null },
      select: { id: true },
      orderBy: { id: "desc" },
      take: TASKS_AT_ONCE,
    });
    return pick(tasks).id;
  };
  const newTasks = () =>
    makeComparisonTasks(project, { count: TASKS_AT_ONCE, requiredLabels: 1 + Math.floor(random() * 3) });
  await newTasks();

  /** One person at work. Two of the operations may be of one person at once, as in two tabs. */
  async function act(userId: string): Promise<void> {
    const actor = actorIn(project.id, userId, "annotator");
    const own = () =>
      database().label.findFirst({
        where: { annotatorId: userId, withdrawal: null, supersededBy: null },
        orderBy: { createdAt: "desc" },
        select: { id: true, taskId: true },
      });
    const choice = random();
    if (choice < 0.55) {
      const task = await nextTask({ actor, exclude: [] });
      if (!task) return;
      if (random() < 0.05) await expire(task.taskId);
      if (random() < 0.1) return skipTask({ actor, taskId: task.taskId, reason: "other" });
      if (random() < 0.1) return; // the tab is closed
      const submission = chooseFirst(task);
      const { labelId } = await submitLabel({ actor, submission });
      counts.labels++;
      if (random() < 0.1) expect((await submitLabel({ actor, submission })).labelId).toBe(labelId);
    } else if (choice < 0.7) {
      const label = await own();
      if (label) await withdrawLabel({ actor, labelId: label.id });
    } else if (choice < 0.8) {
      const label = await own();
      if (!label) return;
      const { task } = await reopenLabel({ actor, labelId: label.id });
      await correctLabel({ actor, labelId: label.id, submission: chooseFirst(task) });
    } else if (choice < 0.87) await renewLease({ actor, taskId: await anyTask() });
    else if (choice < 0.92) await expire(await anyTask());
    else if (choice < 0.96) {
      const annotatorIds = random() < 0.6 ? [] : people.slice(0, 4 + Math.floor(random() * 6)).map(({ id }) => id);
      await setAnnotators({ actor: actorIn(project.id, admin.id), taskId: await anyTask(), annotatorIds });
    } else if (choice < 0.975) await database().$transaction((tx) => freePlacesOf(tx, project.id, userId));
    else if (choice < 0.985) await archive(await anyTask());
    else if (
      (await database().task.count({ where: { projectId: project.id, completedAt: null, archivedAt: null } })) < 10
    )
      await newTasks();
  }

  const expire = async (taskId: string) => {
    await database().taskLease.updateMany({ where: { taskId }, data: { expiresAt: new Date(0) } });
    forgetSearches(project.id);
  };
  const archive = (taskId: string) =>
    database().task.update({ where: { id: taskId }, data: { archivedAt: new Date() }, select: { id: true } });

  async function work(): Promise<void> {
    while (counts.operations < operations) {
      counts.operations++;
      try {
        await act(pick(people).id);
      } catch (error) {
        if (!(error instanceof DomainError && REFUSALS.test(error.code))) throw error;
        counts.refused++;
      }
      if (counts.operations % 500 === 0) await checkOverlap(project.id);
    }
  }
  await Promise.all(Array.from({ length: 8 }, work));
  await checkOverlap(project.id);
  await checkKept(project.id);
  return counts;
}

/** Each is one statement, so it sees one moment of what goes on. */
async function checkOverlap(projectId: string): Promise<void> {
  const inProject = Prisma.sql`t."projectId" = ${projectId}::uuid`;
  expect(
    await database().$queryRaw`
      SELECT t."id" FROM "Task" t WHERE ${inProject} AND t."requiredLabels" <
        (SELECT count(*) FROM "LiveLabel" l WHERE l."taskId" = t."id")
        + (SELECT count(*) FROM "TaskLease" h WHERE h."taskId" = t."id" AND h."expiresAt" > now())`,
  ).toEqual([]);
  expect(
    await database().$queryRaw`
      SELECT l."taskId", l."annotatorId" FROM "LiveLabel" l JOIN "Task" t ON t."id" = l."taskId"
      WHERE ${inProject} GROUP BY 1, 2 HAVING count(*) > 1`,
  ).toEqual([]);
}

/** What the writers keep on a task's row is what one would count. */
async function checkKept(projectId: string): Promise<void> {
  expect(
    await database().$queryRaw`
      SELECT * FROM (
        SELECT t."id", t."labelCount", t."leaseCount", t."completedAt" IS NOT NULL AS "done", t."requiredLabels",
          (SELECT count(*)::int FROM "LiveLabel" l WHERE l."taskId" = t."id") AS "labels",
          (SELECT count(*)::int FROM "TaskLease" h WHERE h."taskId" = t."id") AS "leases"
        FROM "Task" t WHERE t."projectId" = ${projectId}::uuid) kept
      WHERE "labelCount" <> "labels" OR "leaseCount" <> "leases" OR "done" <> ("labels" >= "requiredLabels")`,
  ).toEqual([]);
}
