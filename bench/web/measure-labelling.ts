import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { BenchAnnotator } from "./annotator";
import { BenchClient, type Call, sessionCookie } from "./client";
import type { BenchInstance } from "./instance";
import type { Seeded } from "./seed";

export interface LabellingLoad {
  title: string;
  annotators: number;
  seconds: number;
  /** Milliseconds between two labels of one person; 0 is without a pause. */
  every: number;
}

export interface Measured {
  title: string;
  labelsPerSecond: number;
  acknowledged: number;
  calls: CallFigures[];
  errors: string[];
  /** Acknowledged labels that the database does not hold, and tasks with more labels than they ask for. */
  lost: number;
  overlapViolations: number;
  /** Milliseconds of processor that one label cost: of the site, of PostgreSQL, and of the load itself. */
  processor: { site: number; database: number; load: number };
}

export interface CallFigures {
  name: string;
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

const WARM_UP_SECONDS = 5;

/** Lets people label for a while and measures what they wait for; what the first seconds bring is not counted. */
export async function measureLabelling(
  instance: BenchInstance,
  seeded: Seeded,
  load: LabellingLoad,
): Promise<Measured> {
  const calls: Call[] = [];
  let counting = false;
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const people = await Promise.all(
    seeded.annotatorIds.slice(0, load.annotators).map(async (id) => {
      const cookie = await sessionCookie(id, instance.secret);
      const onCall = (call: Call) => void (counting && calls.push(call));
      return new BenchAnnotator(new BenchClient(new URL(instance.url), agent, cookie, onCall), seeded.slug);
    }),
  );
  const before = await countLabels(instance.databaseUrl, seeded.projectId);
  const stop = new AbortController();
  const done = Promise.all(people.map((person) => person.work(stop.signal, load.every)));
  const given = () => people.reduce((sum, { acknowledged }) => sum + acknowledged, 0);

  await Promise.race([pause(Math.max(WARM_UP_SECONDS * 1_000, load.every * 1.2)), done]);
  counting = true;
  const start = { ...usage(instance), labels: given(), at: performance.now() };
  await Promise.race([pause(load.seconds * 1_000), done]);
  counting = false;
  const end = { ...usage(instance), labels: given(), at: performance.now() };
  stop.abort();
  await done;
  agent.destroy();

  const labels = end.labels - start.labels;
  const after = await countLabels(instance.databaseUrl, seeded.projectId);
  const perLabel = (part: "site" | "database" | "load") => round((1_000 * (end[part] - start[part])) / labels, 2);
  return {
    title: load.title,
    labelsPerSecond: round((1_000 * labels) / (end.at - start.at), 1),
    acknowledged: labels,
    calls: figuresOf(calls),
    errors: calls.flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error}`])),
    lost: before + given() - after,
    overlapViolations: await countViolations(instance.databaseUrl, seeded.projectId),
    processor: { site: perLabel("site"), database: perLabel("database"), load: perLabel("load") },
  };
}

function usage(instance: BenchInstance): { site: number; database: number; load: number } {
  const { user, system } = process.cpuUsage();
  return { ...instance.processorSeconds(), load: (user + system) / 1e6 };
}

/** Sorts the calls by name and finds their quantiles. */
export function figuresOf(calls: readonly Call[]): CallFigures[] {
  const names = [...new Set(calls.map(({ name }) => name))].sort();
  return names.map((name) => {
    const times = calls.flatMap((call) => (call.name === name ? [call.milliseconds] : [])).sort((a, b) => a - b);
    const quantile = (share: number) => round(times[Math.ceil(share * times.length) - 1] ?? 0, 1);
    return {
      ...{ name, count: times.length, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max: quantile(1) },
    };
  });
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

const countLabels = (url: string, projectId: string) =>
  one(url, `SELECT count(*)::int AS n FROM "Label" WHERE "projectId" = $1`, projectId);

/** Counts the tasks with more labels that count than they ask for, and the people with two such labels of one task. */
const countViolations = (url: string, projectId: string) =>
  one(
    url,
    `SELECT count(*)::int AS n FROM (
       SELECT 1 FROM "LiveLabel" l JOIN "Task" t ON t."id" = l."taskId" WHERE t."projectId" = $1
       GROUP BY t."id", t."requiredLabels"
       HAVING count(*) > t."requiredLabels" OR count(DISTINCT l."annotatorId") < count(*)) v`,
    projectId,
  );

async function one(url: string, sql: string, projectId: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: number }>(sql, [projectId]);
    return rows[0]?.n ?? 0;
  } finally {
    await client.end();
  }
}
