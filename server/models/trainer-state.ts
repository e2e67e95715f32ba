import { database } from "../database/client";
import { LOCK_CLASS, LOCK_OF_ROLE } from "../jobs/process-lock";
import type { WorkerRole } from "../jobs/queue";

export interface TrainerState {
  /** Tells whether both processes, the one that trains and the one that answers, are there. */
  online: boolean;
  workers: { role: WorkerRole; backend: string | null; detail: string | null; heartbeatAt: Date }[];
}

/**
 * Tells which processes of the trainer live, by the lock that each holds as long as it lives. The heartbeat can't tell:
 * a long training step may delay it, and a killed process leaves a fresh one behind.
 */
export async function trainerState(): Promise<TrainerState> {
  const [rows, locks] = await Promise.all([
    database().workerProcess.findMany({ orderBy: { startedAt: "desc" } }),
    database().$queryRaw<{ role: number }[]>`
      SELECT "objid"::int AS "role" FROM pg_locks
      WHERE "locktype" = 'advisory' AND "granted" AND "classid"::bigint = ${LOCK_CLASS} AND "objsubid" = 2
        AND "database" = (SELECT "oid" FROM pg_database WHERE "datname" = current_database())`,
  ]);
  const roles = (Object.keys(LOCK_OF_ROLE) as WorkerRole[]).filter((role) =>
    locks.some((lock) => lock.role === LOCK_OF_ROLE[role]),
  );
  const workers = roles.flatMap((role) => {
    const row = rows.find((worker) => worker.role === role);
    return row ? [{ role, backend: row.backend, detail: row.detail, heartbeatAt: row.heartbeatAt }] : [];
  });
  return { online: workers.length === Object.keys(LOCK_OF_ROLE).length, workers };
}
