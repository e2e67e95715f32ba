import type { AboutWorker, JobProcessNews, JobProcessOrder } from "./job-process";
import { takeProcessLock } from "./process-lock";
import { WorkerStopping } from "./stop-reasons";

/**
 * Runs the life of a process for one job: it says that it is ready, waits for its worker to name the job, carries it
 * out and tells how it ended. While it works it holds a lock of its own, so that no second process ever works beside
 * it, whatever became of the worker. When the worker dies, the process ends.
 * @param perform throws when the job is to be taken up again
 */
export async function serveOneJob(
  about: AboutWorker,
  perform: (id: string, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new WorkerStopping());
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
  const id = await new Promise<string | undefined>((resolve) => {
    stopping.signal.addEventListener("abort", () => resolve(undefined));
    process.on("message", (order: JobProcessOrder) => {
      if (order.type === "stop") stop();
      else resolve(order.id);
    });
    void say({ type: "ready", ...about });
  });
  if (id === undefined) return;
  const lock = await takeProcessLock("job", stopping.signal);
  if (!lock) return say({ type: "ended", failure: "the worker stopped before the job began" });
  lock.lost.addEventListener("abort", () => process.exit(1));
  try {
    await perform(id, stopping.signal);
    await say({ type: "ended" });
  } catch (error) {
    await say({ type: "ended", failure: error instanceof Error ? error.message : String(error) });
  } finally {
    await lock.release();
  }
}

/** Ends this process as soon as the worker that started it is gone, even by kill -9. It must be called first. */
export function endWithWorker(): void {
  const end = () => process.exit(1);
  process.once("disconnect", end);
  if (!process.connected) end(); // the worker may have gone while this module was loading
}

const say = (news: JobProcessNews): Promise<void> =>
  new Promise((resolve) => {
    // Where the worker is gone the channel is closed, and so is this process in a moment.
    if (process.send) process.send(news, undefined, undefined, () => resolve());
    else resolve();
  });
