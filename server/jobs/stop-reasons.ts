/** The reason of a job's signal that aborted because the person asked for it. */
export class JobCancelled extends Error {
  override readonly name = "JobCancelled";
  constructor() {
    super("cancelled by a person");
  }
}

/** The reason of a job's signal that aborted because the process ends. The next process takes the job up again. */
export class WorkerStopping extends Error {
  override readonly name = "WorkerStopping";
  constructor(message = "the worker is stopping") {
    super(message);
  }
}

/** A job during which a process died this often (and did not end in order) is not tried again. */
export const MOST_ATTEMPTS = 3;
