import pg from "pg";
import { logger } from "../logger";
import { settings } from "../settings";
import type { WorkerRole } from "./queue";

/** The first half of the key of our advisory locks ("tune" in ASCII); the second half says who holds it. */
export const LOCK_CLASS = 0x74756e65;
export const LOCK_OF_ROLE: Record<WorkerRole, number> = { training: 1, generation: 2 };
const LOCKS = { ...LOCK_OF_ROLE, job: 3 };

export interface ProcessLock {
  /** Aborts when the lock is lost with its connection: from then on another process may hold it. */
  lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Waits until this process is the only one of its role, or the only one at a job, on this database. PostgreSQL frees
 * the lock the moment its connection ends, so a killed process leaves nothing behind, and whoever gets the lock knows
 * that every job still marked active was dropped by a dead one.
 * @returns undefined when `signal` aborts first
 */
export async function takeProcessLock(
  role: WorkerRole | "job",
  signal: AbortSignal,
  connectionString = settings().databaseUrl,
): Promise<ProcessLock | undefined> {
  const client = new pg.Client({ connectionString, keepAlive: true, application_name: `tuneloop ${role}` });
  const lost = new AbortController();
  let released = false;
  const fail = (error?: Error) => {
    if (released || lost.signal.aborted) return;
    logger.error({ err: error, role }, "lost the lock of this process");
    lost.abort(error);
  };
  client.on("error", fail);
  client.on("end", () => fail());
  const giveUp = () => {
    released = true;
    void client.end();
  };
  signal.addEventListener("abort", giveUp);
  try {
    await client.connect();
    const { rows } = await client.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS taken", [
      LOCK_CLASS,
      LOCKS[role],
    ]);
    if (!rows[0]?.taken) {
      logger.info({ role }, "another process has this part; waiting for it to end");
      await client.query("SELECT pg_advisory_lock($1, $2)", [LOCK_CLASS, LOCKS[role]]);
    }
  } catch (error) {
    released = true;
    if (signal.aborted) return undefined;
    await client.end();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  return {
    lost: lost.signal,
    async release() {
      released = true;
      await client.end();
    },
  };
}
