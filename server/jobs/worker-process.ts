import { database } from "../database/client";
import { logger } from "../logger";
import type { AboutWorker } from "./job-process";
import type { WorkerRole } from "./queue";

const BEAT_EVERY_MILLISECONDS = 5000;

/**
 * Puts this process on the list that pages show and keeps its row fresh. The holder of the role's lock is the only one,
 * so rows of earlier processes go.
 * @returns a function that ends it
 */
export async function registerWorker(role: WorkerRole, { backend, detail }: AboutWorker): Promise<() => Promise<void>> {
  const [, row] = await database().$transaction([
    database().workerProcess.deleteMany({ where: { role } }),
    database().workerProcess.create({ data: { role, backend, detail, pid: process.pid } }),
  ]);
  const timer = setInterval(() => {
    database()
      .workerProcess.updateMany({ where: { id: row.id }, data: { heartbeatAt: new Date() } })
      .catch((err) => logger.warn({ err, role }, "heartbeat not written"));
  }, BEAT_EVERY_MILLISECONDS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await database().workerProcess.deleteMany({ where: { id: row.id } });
  };
}
