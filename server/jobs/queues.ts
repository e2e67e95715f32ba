import type { Queue } from "pg-boss";

/**
 * The queues between the site and the trainer's two processes. A job names a row; everything else is read from the row.
 *
 * - `train`: only one job is ever active, the others wait in order: a device trains one model at a time.
 * - `generate`: completions for labelling, one generation after the other.
 * - `evaluate`: capability suites, one model after the other.
 * - `score`: rewards of completions, one request after the other.
 * - `export`: a model in a form to be downloaded; costs the disk more than the processor.
 * - `playground`: a person waits for it, so it is served before `generate` and not tried again once its process died.
 *
 * pg-boss lets no job be active for more than a day. A run that takes longer is told to stop at a checkpoint and goes on
 * from it. Crashes are counted on the row (`attempt`), so the retry limit here is only a last stop.
 */
export const QUEUES = {
  train: { policy: "singleton", retryLimit: 50, retryDelay: 0, expireInSeconds: 86_400, notify: true },
  generate: { policy: "singleton", retryLimit: 50, retryDelay: 0, expireInSeconds: 86_400, notify: true },
  evaluate: { policy: "singleton", retryLimit: 50, retryDelay: 0, expireInSeconds: 86_400, notify: true },
  score: { policy: "singleton", retryLimit: 50, retryDelay: 0, expireInSeconds: 86_400, notify: true },
  export: { policy: "singleton", retryLimit: 50, retryDelay: 0, expireInSeconds: 86_400, notify: true },
  playground: { policy: "standard", retryLimit: 0, expireInSeconds: 3600, notify: true },
} as const satisfies Record<string, Omit<Queue, "name">>;

export type QueueName = keyof typeof QUEUES;

/** The id of a run (`train`), of an evaluation, of a scoring (`score`), of an export or of a generation. */
export interface JobData {
  id: string;
}

/** The process that serves a queue. */
export type WorkerRole = "training" | "generation";
