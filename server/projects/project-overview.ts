import { inKindOrder, toLabelKind } from "@/domain/labels/kinds";
import { UNDER_WAY } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { countPeople, summariseLabels } from "../labels/live-label-counts";
import { countTaskTypes } from "../prompts/list-prompts";
import { diagnoseRun } from "../runs/diagnose-run";
import { AWAITED_RUN_ENDED } from "../runs/end-waiting-runs";
import { countStuckTasks } from "../tasks/stuck-tasks";
import { chooseNextAction, type NextAction } from "./choose-next-action";
import type { Stations } from "./stations";

/** Reads the loop of a project: each station with its count, and the one next best action. */
export type ProjectOverview = Stations & { nextAction: NextAction };

export async function projectOverview(actor: ProjectActor): Promise<ProjectOverview> {
  const { projectId } = requireAdmin(actor);
  const [prompts, tasks, labelled, run, model, nextRound, generationActive] = await Promise.all([
    promptStation(projectId),
    taskStation(projectId),
    labelsAndDataset(projectId),
    runStation(actor),
    modelStation(projectId),
    openTasksOfNextRounds(projectId),
    activeGeneration(projectId),
  ]);
  const stations = { prompts, tasks, ...labelled, run, model, nextRound, generationActive };
  return { ...stations, nextAction: chooseNextAction(stations) };
}

async function promptStation(projectId: string): Promise<ProjectOverview["prompts"]> {
  const [byTaskType, [without]] = await Promise.all([
    countTaskTypes(projectId),
    database().$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS "count" FROM "Prompt" p
      WHERE p."projectId" = ${projectId}::uuid AND p."archivedAt" IS NULL
        AND NOT EXISTS (SELECT 1 FROM "Completion" c WHERE c."promptId" = p."id")`,
  ]);
  const count = byTaskType.reduce((sum, type) => sum + type.count, 0);
  return { count, byTaskType, withoutCompletions: without?.count ?? 0 };
}

async function taskStation(projectId: string): Promise<ProjectOverview["tasks"]> {
  const [kinds, stuck] = await Promise.all([
    database().$queryRaw<{ kind: string; count: number; done: number }[]>`
      SELECT "kind", count(*)::int AS "count", count("completedAt")::int AS "done" FROM "Task"
      WHERE "projectId" = ${projectId}::uuid AND "archivedAt" IS NULL GROUP BY "kind"`,
    countStuckTasks(projectId),
  ]);
  const byKind = kinds.map(({ kind, count }) => ({ kind: toLabelKind(kind), count })).sort(inKindOrder);
  const total = kinds.reduce((sum, { count }) => sum + count, 0);
  const done = kinds.reduce((sum, one) => sum + one.done, 0);
  return { open: total - done - stuck, stuck, done, total, byKind };
}

/** The labels, and how many of them are new to the latest dataset version, are counted together. */
async function labelsAndDataset(projectId: string): Promise<Pick<ProjectOverview, "labels" | "dataset">> {
  const version = await database().datasetVersion.findFirst({
    where: { projectId, status: "ready" },
    orderBy: { version: "desc" },
    select: { id: true, version: true, exportedCount: true, usedCount: true, createdAt: true },
  });
  const [{ count, today, newSince }, annotators] = await Promise.all([
    summariseLabels(database(), projectId, version),
    countPeople(database(), projectId),
  ]);
  return { labels: { count, today, annotators }, dataset: { latest: version, newLabelsSince: newSince } };
}

async function runStation(actor: ProjectActor): Promise<ProjectOverview["run"]> {
  const { projectId } = requireAdmin(actor);
  const [latest, paused] = await Promise.all([
    database().trainingRun.findFirst({
      // A run that ended because another one did is not named, since the other one's notice says so.
      where: { projectId, OR: [{ errorCode: null }, { errorCode: { not: AWAITED_RUN_ENDED } }] },
      orderBy: { number: "desc" },
      select: {
        id: true,
        number: true,
        status: true,
        method: true,
        step: true,
        totalSteps: true,
        finishedAt: true,
        modelVersion: { select: { completions: { take: 1, select: { id: true } } } },
      },
    }),
    database().trainingRun.findFirst({
      where: { projectId, status: "paused" },
      orderBy: { number: "desc" },
      select: { id: true, number: true, errorMessage: true },
    }),
  ]);
  if (!latest) return { latest, paused: null };
  const { modelVersion, ...run } = latest;
  const tried = (modelVersion?.completions.length ?? 0) > 0;
  const critical = tried || NOT_JUDGED.has(run.status) ? [] : await criticalVerdicts(actor, run.id);
  return {
    latest: { ...run, critical },
    paused: paused && { id: paused.id, number: paused.number, reason: paused.errorMessage },
  };
}

/** Whoever gave a run up knows its verdict, and a run in the queue has no figures. */
const NOT_JUDGED: ReadonlySet<string> = new Set(["queued", "cancelled"]);

async function criticalVerdicts(actor: ProjectActor, runId: string): Promise<string[]> {
  const { verdicts } = await diagnoseRun({ actor, runId });
  return verdicts.filter(({ severity }) => severity === "critical").map(({ title }) => title);
}

async function modelStation(projectId: string): Promise<ProjectOverview["model"]> {
  const where = { projectId, archivedAt: null };
  const [latest, count] = await Promise.all([
    database().modelVersion.findFirst({
      where,
      orderBy: { createdAt: "desc" },
      select: { id: true, name: true, createdAt: true, kind: true, completions: { take: 1, select: { id: true } } },
    }),
    database().modelVersion.count({ where }),
  ]);
  if (!latest) return { latest, count };
  const { completions, kind, ...named } = latest;
  return { latest: { ...named, untried: kind === "policy" && completions.length === 0 }, count };
}

async function openTasksOfNextRounds(projectId: string): Promise<ProjectOverview["nextRound"]> {
  const tasksOpen = await database().task.count({
    where: { projectId, archivedAt: null, completedAt: null, generation: { purpose: "next_round" } },
  });
  return { tasksOpen };
}

async function activeGeneration(projectId: string): Promise<ProjectOverview["generationActive"]> {
  return database().generation.findFirst({
    where: { projectId, purpose: { not: "playground" }, status: { in: [...UNDER_WAY] } },
    orderBy: { createdAt: "desc" },
    select: { id: true, doneCount: true, totalCount: true, activity: true },
  });
}
