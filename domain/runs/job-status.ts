/** The statuses of a generation, an evaluation, an export or a scoring, as its row keeps them. */
export type JobStatus = "queued" | "running" | "completed" | "failed" | "cancelled";

/** The statuses of a job or a run that waits for a worker or is worked on. */
export const UNDER_WAY = ["queued", "running"] as const satisfies readonly JobStatus[];

/** Tells whether a job or a run waits for a worker or is worked on. */
export const isUnderWay = (status: string): boolean => UNDER_WAY.some((underWay) => underWay === status);

/** Tells whether a generation, an evaluation, an export or a scoring has ended, well or not. */
export const isJobFinished = (status: string): boolean => ["completed", "failed", "cancelled"].includes(status);
