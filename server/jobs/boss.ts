import { PgBoss } from "pg-boss";
import { logger } from "../logger";
import { settings } from "../settings";
import type { AnyQueue } from "./queue";
import { QUEUES } from "./queues";

const shared = globalThis as typeof globalThis & { tuneloopJobs?: Promise<PgBoss> };

const PATIENCE_MILLISECONDS = 120_000;

/**
 * Starts pg-boss on its own schema of the instance's database and makes the queues. Several processes may do so.
 * @param works whether this process takes jobs up (the trainer's do) or only sends them (the site)
 */
export async function startBoss({
  works,
  connectionString = settings().databaseUrl,
  queues = QUEUES,
}: {
  works: boolean;
  connectionString?: string;
  queues?: readonly AnyQueue[];
}): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString,
    schema: "pgboss",
    max: works ? 6 : 2,
    supervise: works,
    schedule: false,
    useListenNotify: works,
    openTelemetry: { enabled: false },
    // A training step blocks the process for seconds, so that a connection which takes as long to open is not lost.
    connectionTimeoutMillis: works ? PATIENCE_MILLISECONDS : undefined,
    notifyHeartbeatIntervalMs: PATIENCE_MILLISECONDS / 2,
    notifyHeartbeatTimeoutMs: PATIENCE_MILLISECONDS,
  });
  boss.on("error", (error) => logger.error({ err: error }, "job queue"));
  boss.on("warning", (warning) => logger.warn({ warning }, "job queue"));
  await boss.start();
  for (const { name, policy } of queues) await boss.createQueue(name, policy);
  return boss;
}

/** The sender of this process, started on first use. */
export function jobs(): Promise<PgBoss> {
  shared.tuneloopJobs ??= startBoss({ works: false }).catch((error) => {
    shared.tuneloopJobs = undefined; // a failed start is forgotten, so that the next caller tries again
    throw error;
  });
  return shared.tuneloopJobs;
}

/** Ends the sender of this process; only tests and shut-downs need it. */
export async function stopJobs(): Promise<void> {
  const boss = await shared.tuneloopJobs;
  shared.tuneloopJobs = undefined;
  await boss?.stop({ graceful: false });
}
