/** Why a job's signal aborted: the person asked for it. */
export class JobCancelled extends Error {
  override readonly name = "JobCancelled";
  constructor() {
    super("cancelled by a person");
  }
}

/** Why a job's signal aborted: the process ends. The job is taken up again by the next one. */
export class WorkerStopping extends Error {
  override readonly name = "WorkerStopping";
  constructor(message = "the worker is stopping") {
    super(message);
  }
}

/** A process that died this often during a job (and did not end in order) is not tried again. */
export const MOST_ATTEMPTS = 3;
