import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { sharedRead } from "../database/shared-read";
import { runNotFound } from "./run-row";

export interface MetricSeries {
  name: string;
  points: { step: number; value: number }[];
}

/** A series as pages draw it; `total` is the number of all its points, of which a long run's `points` are some. */
export interface ThinnedSeries extends MetricSeries {
  total: number;
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

/** A chart is some 600 pixels wide: the earlier points of a long series are told by two of each stretch. */
const STRETCHES = 100;
const NEWEST_WHOLE = 100;

/**
 * Reads the figures of a run for its charts. Of a long series these are the first point, of each stretch the lowest and the
 * highest, so that no spike is lost, and the newest ones whole. Whoever asks while others are waiting shares their read.
 */
export const readThinned = (runId: string): Promise<ThinnedSeries[]> =>
  sharedRead(`figures of ${runId}`, () => thinnedSeries(runId));

async function thinnedSeries(runId: string): Promise<ThinnedSeries[]> {
  const rows = await database().$queryRaw<{ name: string; total: number; steps: number[]; values: number[] }[]>`
    WITH numbered AS (
      SELECT "name", "step", "value", row_number() OVER (PARTITION BY "name" ORDER BY "step") AS nth,
        count(*) OVER (PARTITION BY "name") AS total
      FROM "RunMetric" WHERE "runId" = ${runId}::uuid
    ), placed AS (
      SELECT *, CASE WHEN nth > 1 AND nth <= total - ${NEWEST_WHOLE}::int AND total > ${2 * STRETCHES + NEWEST_WHOLE}::int
        THEN nth * ${STRETCHES}::int / total ELSE -nth END AS stretch
      FROM numbered
    ), ranked AS (
      SELECT *, row_number() OVER (PARTITION BY "name", stretch ORDER BY "value", "step") AS low,
        row_number() OVER (PARTITION BY "name", stretch ORDER BY "value" DESC, "step") AS high
      FROM placed
    )
    SELECT "name", total::int AS "total", array_agg("step" ORDER BY "step") AS "steps",
      array_agg("value" ORDER BY "step") AS "values"
    FROM ranked WHERE low = 1 OR high = 1 GROUP BY "name", total ORDER BY "name"`;
  return rows.map(({ name, total, steps, values }) => ({
    ...{ name, total },
    points: steps.map((step, place) => ({ step, value: values[place] ?? Number.NaN })),
  }));
}

/** Reads every figure of a run that the caller has found in its project, for what judges the run or compares it. */
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
