/** The statuses of a run, as its row keeps them. A paused run waits for a person. */
export type RunStatus = "queued" | "running" | "completed" | "failed" | "cancelled" | "paused";

/** The statuses of a run that no worker works on and that no worker takes up by itself. */
export const FINISHED = ["completed", "failed", "cancelled", "paused"] as const satisfies readonly RunStatus[];

/** Tells whether a run stands still: it has ended, or it waits for a person. */
export const isFinished = (status: string): boolean => FINISHED.some((finished) => finished === status);

/** Tells whether a run has ended for good; only a person who starts it again changes that. */
export const isEnded = (status: string): boolean => isFinished(status) && status !== "paused";

/** Tells whether a run can be cancelled: it has not ended. A paused run can be. */
export const canBeCancelled = (status: string): boolean => !isEnded(status);
