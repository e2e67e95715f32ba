import { randomUUID } from "node:crypto";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { Prisma } from "@/generated/prisma/client";
import packageJson from "@/package.json";
import { type Database, database } from "../database/client";
import { LOCK_OF_ROLE } from "../jobs/process-lock";
import type { WorkerRole } from "../jobs/queue";
import { QUEUES } from "../jobs/queues";
import { logger } from "../logger";
import { trainerState } from "../models/trainer-state";
import { dataPath } from "../storage/data-folder";

/** Below this free space neither a checkpoint nor, soon, a label finds room. */
export const LEAST_FREE_BYTES = 1e9;
/** Work that has given no sign of life for so long counts as stuck. */
const SILENT_AFTER_SECONDS = 60;
/** A part that has not answered by then counts as failing. */
const PATIENCE_MILLISECONDS = 5000;

export interface Check {
  ok: boolean;
  /** The finding for a person, without paths and addresses, since anybody may ask. */
  detail: string;
}

export interface Health {
  ok: boolean;
  version: string;
  checks: Record<"database" | WorkerRole | "queue" | "progress" | "dataFolder" | "disk", Check>;
}

/**
 * Checks what this instance needs, part by part: the database, both processes of the trainer, the queue, and room for
 * files.
 */
export async function checkHealth(db: Database = database()): Promise<Health> {
  const [onDatabase, dataFolder, disk] = await Promise.all([
    checkDatabase(db),
    inTime(checkDataFolder),
    inTime(checkDisk),
  ]);
  const checks = { ...onDatabase, dataFolder, disk };
  return { ok: Object.values(checks).every(({ ok }) => ok), version: packageJson.version, checks };
}

/** The database tells which processes of the trainer live, so without it nothing is known of them. */
async function checkDatabase(db: Database) {
  const answer = await inTime(async () => {
    await db.$queryRaw`SELECT 1`;
    return { ok: true, detail: "answers" };
  });
  if (!answer.ok) {
    const unknown = { ok: false, detail: "unknown: the database does not answer" };
    return { database: answer, training: unknown, generation: unknown, queue: unknown, progress: unknown };
  }
  const [workers, queue, progress] = await Promise.all([
    checkWorkers(),
    inTime(() => checkQueue(db)),
    inTime(() => checkProgress(db)),
  ]);
  return { database: answer, ...workers, queue, progress };
}

async function checkWorkers(): Promise<Record<WorkerRole, Check>> {
  const absent = { ok: false, detail: "not running" };
  const found: Record<WorkerRole, Check> = { training: absent, generation: absent };
  const problem = await inTime(async () => {
    for (const { role, detail, heartbeatAt } of (await trainerState()).workers) {
      const seconds = Math.max(0, Math.round((Date.now() - heartbeatAt.getTime()) / 1000));
      found[role] = { ok: true, detail: `${detail ?? "running"}; last heartbeat ${seconds} s ago` };
    }
    return { ok: true, detail: "" };
  });
  if (!problem.ok) for (const role of Object.keys(LOCK_OF_ROLE) as WorkerRole[]) found[role] = problem;
  return found;
}

async function checkQueue(db: Database): Promise<Check> {
  const [schema] = await db.$queryRaw<{ made: boolean }[]>`SELECT to_regclass('pgboss.job') IS NOT NULL AS made`;
  if (!schema?.made) return { ok: false, detail: "not set up yet: the trainer does that when it starts" };
  const [jobs] = await db.$queryRaw<{ waiting: number; active: number }[]>`
    SELECT count(*) FILTER (WHERE "state" IN ('created', 'retry'))::int AS "waiting",
           count(*) FILTER (WHERE "state" = 'active')::int AS "active"
    FROM pgboss.job WHERE "state" IN ('created', 'retry', 'active') AND "name" IN ('train', 'generate', 'playground')`;
  return { ok: true, detail: `${jobs?.active ?? 0} jobs in work, ${jobs?.waiting ?? 0} waiting` };
}

/**
 * Finds work that gives no sign of life. A process says that it lives between its steps, and while the computing library
 * has it, however long a step takes; code that loops without end does neither.
 */
async function checkProgress(db: Database): Promise<Check> {
  const silent: string[] = [];
  // Two queues may share a table, whose rows are looked at once.
  const nouns = new Map(QUEUES.map(({ table, noun }) => [table, noun]));
  for (const [table, noun] of nouns) {
    const [found] = await db.$queryRaw<{ count: number; seconds: number }[]>`
      SELECT count(*)::int AS "count", coalesce(max(extract(epoch FROM now() - "heartbeatAt")), 0)::int AS "seconds"
      FROM ${Prisma.raw(`"${table}"`)}
      WHERE "status" = 'running' AND "heartbeatAt" < now() - make_interval(secs => ${SILENT_AFTER_SECONDS})`;
    if (found?.count) silent.push(`${found.count} ${noun} without a sign of life for ${found.seconds} s`);
  }
  return silent.length === 0
    ? { ok: true, detail: "all work in hand goes on" }
    : { ok: false, detail: `${silent.join("; ")}. Cancelling it ends it within half a minute` };
}

/** Really writes a file: permissions alone say nothing of a full or a read-only disk. */
async function checkDataFolder(): Promise<Check> {
  const file = dataPath("tmp", `health-${randomUUID()}`);
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(file, "ok", { flush: true });
  } finally {
    await rm(file, { force: true });
  }
  return { ok: true, detail: "can be written to" };
}

async function checkDisk(): Promise<Check> {
  const { bavail, bsize } = await statfs(dataPath());
  const free = bavail * bsize;
  return { ok: free >= LEAST_FREE_BYTES, detail: `${(free / 1e9).toFixed(1)} GB free` };
}

/** Returns the check's own answer, or that it failed or took too long; the reason goes into the log. */
async function inTime(check: () => Promise<Check>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: "no answer in time" }), PATIENCE_MILLISECONDS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (err) {
    logger.warn({ err }, "a part of the instance is not well");
    return { ok: false, detail: "failed; the log says why" };
  } finally {
    clearTimeout(timer);
  }
}
