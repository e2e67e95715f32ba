import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { runNotFound } from "./run-row";

export interface MetricSeries {
  name: string;
  points: { step: number; value: number }[];
}

export interface LogLine {
  /** A number that grows with time; a decimal number as text, since it is wider than JavaScript's. */
  id: string;
  level: string;
  message: string;
  createdAt: Date;
}

async function checkRun(actor: ProjectActor, runId: string): Promise<void> {
  const { projectId } = requireAdmin(actor);
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId }, select: { id: true } });
  if (!run) throw runNotFound(runId);
}

/**
 * Reads every figure of a run, each as its points in order of steps.
 * @throws DomainError `run-not-found`
 */
export async function listRunMetrics(input: { actor: ProjectActor; runId: string }): Promise<MetricSeries[]> {
  await checkRun(input.actor, input.runId);
  return readMetrics(input.runId);
}

/** Reads the figures of a run that the caller has found in its project. */
export async function readMetrics(runId: string): Promise<MetricSeries[]> {
  const rows = await database().runMetric.findMany({ where: { runId }, orderBy: [{ name: "asc" }, { step: "asc" }] });
  const series = new Map<string, MetricSeries>();
  for (const { name, step, value } of rows) {
    const one = series.get(name) ?? { name, points: [] };
    one.points.push({ step, value });
    series.set(name, one);
  }
  return [...series.values()];
}

/**
 * Reads what the run said, oldest first: the last thousand lines of a long log, or those after a line.
 * @throws DomainError `run-not-found`
 */
export async function listRunLog(input: { actor: ProjectActor; runId: string; afterId?: string }): Promise<LogLine[]> {
  await checkRun(input.actor, input.runId);
  return readLog(input.runId, input.afterId);
}

/** Reads the log of a run that the caller has found in its project. */
export async function readLog(runId: string, afterId?: string): Promise<LogLine[]> {
  const lines = await database().runLogLine.findMany({
    where: { runId, id: afterId === undefined ? undefined : { gt: BigInt(afterId) } },
    orderBy: { id: "desc" },
    take: 1000,
  });
  return lines.reverse().map(({ id, level, message, createdAt }) => ({ id: String(id), level, message, createdAt }));
}
