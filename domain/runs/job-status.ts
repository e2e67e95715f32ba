/** What the row of a generation, an evaluation, an export or a scoring says of it. */
export type JobStatus = "queued" | "running" | "completed" | "failed" | "cancelled";

/** Statuses of a job or a run that waits for a worker or is worked on. */
export const UNDER_WAY = ["queued", "running"] as const satisfies readonly JobStatus[];

/** Whether a job or a run waits for a worker or is worked on. */
export const isUnderWay = (status: string): boolean => UNDER_WAY.some((underWay) => underWay === status);

/** Whether a generation, an evaluation, an export or a scoring has ended, well or not. */
export const isJobFinished = (status: string): boolean => ["completed", "failed", "cancelled"].includes(status);
