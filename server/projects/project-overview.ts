import { inKindOrder, toLabelKind } from "@/domain/labels/kinds";
import { UNDER_WAY } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { liveLabel } from "../database/live-label";
import { startOfToday } from "../database/start-of-today";
import { countNewLabels } from "../datasets/count-new-labels";
import { personColumn } from "../labels/label-person";
import { countTaskTypes } from "../prompts/list-prompts";
import { diagnoseRun } from "../runs/diagnose-run";
import { AWAITED_RUN_ENDED } from "../runs/end-waiting-runs";
import { chooseNextAction, type NextAction } from "./choose-next-action";
import type { Stations } from "./stations";

/** Reads the loop of a project: each station with its count, and the one next best action. */
export type ProjectOverview = Stations & { nextAction: NextAction };

export async function projectOverview(actor: ProjectActor): Promise<ProjectOverview> {
  const { projectId } = requireAdmin(actor);
  const [prompts, tasks, labels, dataset, run, model, nextRound, generationActive] = await Promise.all([
    promptStation(projectId),
    taskStation(projectId),
    labelStation(projectId),
    datasetStation(projectId),
    runStation(actor),
    modelStation(projectId),
    openTasksOfNextRounds(projectId),
    activeGeneration(projectId),
  ]);
  const stations = { prompts, tasks, labels, dataset, run, model, nextRound, generationActive };
  return { ...stations, nextAction: chooseNextAction(stations) };
}

async function promptStation(projectId: string): Promise<ProjectOverview["prompts"]> {
  const [byTaskType, withoutCompletions] = await Promise.all([
    countTaskTypes(projectId),
    database().prompt.count({ where: { projectId, archivedAt: null, completions: { none: {} } } }),
  ]);
  return { count: byTaskType.reduce((sum, { count }) => sum + count, 0), byTaskType, withoutCompletions };
}

async function taskStation(projectId: string): Promise<ProjectOverview["tasks"]> {
  const [done, kinds] = await Promise.all([
    database().task.count({ where: { projectId, archivedAt: null, completedAt: { not: null } } }),
    database().task.groupBy({
      by: ["kind"],
      where: { projectId, archivedAt: null },
      _count: true,
    }),
  ]);
  const byKind = kinds.map(({ kind, _count }) => ({ kind: toLabelKind(kind), count: _count })).sort(inKindOrder);
  const total = byKind.reduce((sum, { count }) => sum + count, 0);
  return { open: total - done, done, total, byKind };
}

async function labelStation(projectId: string): Promise<ProjectOverview["labels"]> {
  const where = { projectId, ...liveLabel };
  const [count, today, [people]] = await Promise.all([
    database().label.count({ where }),
    database().label.count({ where: { ...where, createdAt: { gte: startOfToday() } } }),
    database().$queryRaw<{ count: number }[]>`
      SELECT count(DISTINCT ${personColumn})::int AS "count" FROM "LiveLabel" l
      WHERE l."projectId" = ${projectId}::uuid`,
  ]);
  return { count, today, annotators: people?.count ?? 0 };
}

async function datasetStation(projectId: string): Promise<ProjectOverview["dataset"]> {
  const latest = await database().datasetVersion.findFirst({
    where: { projectId, status: "ready" },
    orderBy: { version: "desc" },
    select: { id: true, version: true, usedCount: true, createdAt: true },
  });
  return { latest, newLabelsSince: await countNewLabels(database(), projectId, latest?.id ?? null) };
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
        modelVersion: { select: { _count: { select: { completions: true } } } },
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
  const tried = (modelVersion?._count.completions ?? 0) > 0;
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
      select: { id: true, name: true, createdAt: true, kind: true, _count: { select: { completions: true } } },
    }),
    database().modelVersion.count({ where }),
  ]);
  if (!latest) return { latest, count };
  const { _count, kind, ...named } = latest;
  return { latest: { ...named, untried: kind === "policy" && _count.completions === 0 }, count };
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
