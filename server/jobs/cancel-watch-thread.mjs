// The thread behind cancel-watch.ts. It has a connection of its own, because the main thread may be stuck. It is plain
// JavaScript, so that a thread starts it without a loader.
import { parentPort, workerData } from "node:worker_threads";
import pg from "pg";

const { connectionString, signs, graceMilliseconds, everyMilliseconds } = workerData;
/** The jobs that the process works on, each with its table and the time at which its cancellation was first seen. */
const jobs = new Map();
let client;
let lastSign = 0;

parentPort.on("message", ({ id, table }) => {
  if (table) jobs.set(id, { table, cancelledAt: undefined });
  else jobs.delete(id);
});

async function connect() {
  if (client) return client;
  const next = new pg.Client({
    connectionString,
    application_name: "tuneloop cancel watch",
    // A stuck main thread may hold locks on the very row.
    options: "-c timezone=UTC -c lock_timeout=1000 -c statement_timeout=5000",
  });
  next.on("error", () => {
    client = undefined; // the next look connects anew
  });
  await next.connect();
  client = next;
  return next;
}

/** Whether the process has done anything since the last look, or is inside a computation of the library. */
function hasMoved() {
  const sign = Atomics.load(signs, 0);
  const moved = sign !== lastSign || Atomics.load(signs, 1) > 0;
  lastSign = sign;
  return moved;
}

async function look() {
  const db = await connect();
  const moved = hasMoved();
  for (const [id, job] of jobs) {
    const { rows } = await db.query(
      `SELECT "cancelRequestedAt" IS NOT NULL AS cancelled FROM "${job.table}" WHERE "id" = $1::uuid`,
      [id],
    );
    if (rows[0]?.cancelled) job.cancelledAt ??= Date.now();
    if (job.cancelledAt && Date.now() - job.cancelledAt >= graceMilliseconds && jobs.has(id))
      await endProcess(db, id, job);
    // A long step blocks the main thread, which else writes this itself; a row that is locked is written next time.
    else if (moved)
      await db.query(`UPDATE "${job.table}" SET "heartbeatAt" = now() WHERE "id" = $1::uuid`, [id]).catch((error) => {
        if (error.code !== "55P03") throw error;
      });
  }
}

/** The job goes back into the queue with its process, and whoever takes it up finds that it was cancelled. */
async function endProcess(db, id, { table }) {
  const message = `The work did not end by itself within ${Math.round(graceMilliseconds / 1000)} s after it was cancelled, so its process was ended.`;
  process.stderr.write(`${message} (${table} ${id})\n`);
  if (table === "TrainingRun")
    await db
      .query(`INSERT INTO "RunLogLine" ("runId", "level", "message") VALUES ($1::uuid, 'warn', $2)`, [id, message])
      .catch((error) => process.stderr.write(`${error.message}\n`)); // the process has to end all the same
  process.kill(process.pid, "SIGKILL");
}

let looking = false;
setInterval(() => {
  if (looking || jobs.size === 0) return;
  looking = true;
  look()
    .catch((error) => {
      process.stderr.write(`no look at cancelled jobs: ${error.message}\n`);
      const lost = client;
      client = undefined;
      return lost?.end().catch(() => undefined); // it is gone already
    })
    .finally(() => {
      looking = false;
    });
}, everyMilliseconds);
