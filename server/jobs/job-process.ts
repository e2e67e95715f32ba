import type { ChildProcess } from "node:child_process";

/** The messages of a process for one job to the worker that started it. */
export type JobProcessNews = ({ type: "ready" } & AboutWorker) | { type: "ended"; failure?: string };
/** The messages of the worker to such a process. */
export type JobProcessOrder = { type: "perform"; id: string } | { type: "stop" };

/** The hardware and library that compute, as pages show them. */
export interface AboutWorker {
  backend: string;
  detail: string;
}

interface Ready extends AboutWorker {
  child: ChildProcess;
}

/**
 * Carries every job out in a process of its own, which ends with the job: a library like TensorFlow keeps the memory
 * that it once took, and only the end of a process gives it back. The next process starts when one has ended, so that a
 * job finds it loaded. A process that dies fails its job alone, which the next process then takes up again.
 */
export class JobProcesses {
  private next: Promise<Ready> | undefined;
  private readonly failing = new AbortController();

  /** @param launch starts a process with a channel to it (`fork`) that runs `serveOneJob` */
  constructor(private readonly launch: () => ChildProcess) {}

  /** Aborts when a process did not even start: the worker is to be started anew, after a pause. */
  get failed(): AbortSignal {
    return this.failing.signal;
  }

  /** Resolves when a process waits for a job, with its backend. */
  async ready(): Promise<AboutWorker> {
    const { backend, detail } = await this.waiting();
    return { backend, detail };
  }

  /**
   * Resolves when the job has ended in its process.
   * @throws when the job is to be taken up again: it threw, was stopped by `signal`, or its process died
   */
  async perform(id: string, signal: AbortSignal): Promise<void> {
    const { child } = await this.waiting();
    this.next = undefined;
    const stop = () => send(child, { type: "stop" });
    signal.addEventListener("abort", stop);
    try {
      const ended = untilEnded(child, id);
      send(child, { type: "perform", id });
      if (signal.aborted) stop();
      await ended;
    } finally {
      signal.removeEventListener("abort", stop);
      if (!signal.aborted) this.next = this.start();
    }
  }

  /** The process that waits; another one where it died meanwhile. */
  private async waiting(): Promise<Ready> {
    this.next ??= this.start();
    const ready = await this.next;
    if (isAlive(ready.child)) return ready;
    this.next = this.start();
    return this.next;
  }

  private start(): Promise<Ready> {
    const child = this.launch();
    const ready = new Promise<Ready>((resolve, reject) => {
      child.on("error", reject); // the channel is gone as well, so the exit follows
      child.once("exit", (code, by) => reject(new Error(`the process for a job did not start (${by ?? code})`)));
      child.on("message", (news: JobProcessNews) => {
        if (news.type === "ready") resolve({ child, backend: news.backend, detail: news.detail });
      });
    });
    ready.catch((error: unknown) => this.failing.abort(error));
    return ready;
  }
}

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

function send(child: ChildProcess, order: JobProcessOrder): void {
  if (child.connected) child.send(order);
}

/** The process has ended, so its memory is free: only now is the next one started. */
function untilEnded(child: ChildProcess, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: Extract<JobProcessNews, { type: "ended" }> | undefined;
    child.on("message", (news: JobProcessNews) => {
      if (news.type === "ended") last = news;
    });
    const conclude = (how: string) => {
      if (!last) reject(new Error(`the process of job ${id} died (${how})`));
      else if (last.failure !== undefined) reject(new Error(last.failure));
      else resolve();
    };
    if (isAlive(child)) child.once("exit", (code, by) => conclude(by ?? `status ${code}`));
    else conclude("before it began");
  });
}
