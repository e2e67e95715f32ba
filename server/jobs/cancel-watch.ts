import { Worker } from "node:worker_threads";
import type { Prisma } from "@/generated/prisma/client";
import { logger } from "../logger";
import { settings } from "../settings";

/**
 * The time for a job to end by itself once a person has cancelled it. What follows (the process ends, the next one finds
 * the cancelled row) takes some seconds more, and all of it less than half a minute.
 */
const GRACE_MILLISECONDS = 15_000;
const LOOK_EVERY_MILLISECONDS = 1000;

interface Watch {
  thread: Worker;
  /** First a number that grows with every sign of life, then the depth of calls into the computing library. */
  signs: Int32Array;
}
let watch: Watch | undefined;

/**
 * Makes this process end where a job in it does not obey a cancellation: code that loops without end never looks. A thread
 * watches over it, and keeps the heartbeats of jobs whose long steps block the process. Workers call this once.
 * @param threadFile the place of cancel-watch-thread.mjs, which only a worker has to know
 */
export function watchCancellations(
  threadFile: URL,
  { graceMilliseconds = GRACE_MILLISECONDS, everyMilliseconds = LOOK_EVERY_MILLISECONDS } = {},
): void {
  const signs = new Int32Array(new SharedArrayBuffer(8));
  const workerData = { connectionString: settings().databaseUrl, signs, graceMilliseconds, everyMilliseconds };
  const thread = new Worker(threadFile, { workerData, execArgv: [] });
  thread.on("error", (err) => {
    logger.error({ err }, "cancelled jobs are not watched any more");
    watch = undefined;
  });
  thread.unref();
  watch = { thread, signs };
}

/** Puts a job under the watch, and returns the function that takes it out again. */
export function watchJobCancellation(table: Prisma.ModelName, id: string): () => void {
  watch?.thread.postMessage({ id, table });
  return () => watch?.thread.postMessage({ id });
}

/** Says that this process goes into a call of the computing library (1) or has come back from it (-1). */
export function noteComputing(change: 1 | -1): void {
  if (!watch) return;
  Atomics.add(watch.signs, 0, 1);
  Atomics.add(watch.signs, 1, change);
}
